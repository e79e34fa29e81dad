// The edits of a frame, in both serialisations of the wire document. Values in, values out: what an op does to the
// page is `patch.ts`'s business.

import { Reader, WireError } from "./bytes";

export type Attribute = readonly [name: string, ns: string, value: string];
/** A template's node: text, `0` for a dynamic place, or an element. */
export type Tree = string | 0 | readonly [tag: string, ns: string, attributes: readonly Attribute[], children: readonly Tree[]];
export type Path = readonly number[];

export type Op =
  | readonly ["template", number, readonly Tree[]]
  | readonly ["load", template: number, root: number, id: number]
  | readonly ["assign", Path, id: number]
  | readonly ["create_text", id: number, string]
  | readonly ["placeholder", id: number]
  | readonly ["append", id: number, m: number]
  | readonly ["replace", id: number, m: number]
  | readonly ["fill", Path, m: number]
  | readonly ["after", id: number, m: number]
  | readonly ["before", id: number, m: number]
  | readonly ["set", id: number, name: string, ns: string, value: string]
  | readonly ["unset", id: number, name: string, ns: string]
  | readonly ["text", id: number, string]
  | readonly ["listen", id: number, event: string]
  | readonly ["unlisten", id: number, event: string]
  | readonly ["remove", id: number]
  | readonly ["push", id: number]
  | readonly ["title", string]
  | readonly ["event", name: string, payload: unknown]
  | readonly ["redirect", to: string, flash: string]
  | readonly ["patched", to: string, replace: number]
  | readonly ["navigate", to: string, replace: number, flash: string];

export interface Diff {
  readonly seq: number;
  readonly ops: readonly Op[];
  /** Bytes, more or less: of the message that carried it. */
  readonly size: number;
}

/**
 * The ops by code, from 1: the name and what its operands are. `n` is a number, `s` a string, `p` a path, `t` trees, `j` JSON
 * in a string.
 */
const SHAPES = (
  "template nt,load nnn,assign pn,create_text ns,placeholder n,append nn,replace nn,fill pn,after nn,before nn," +
  "set nsss,unset nss,text ns,listen ns,unlisten ns,remove n,push n,title s,event sj,redirect ss,patched sn,navigate sns"
)
  .split(",")
  .map((shape) => shape.split(" ") as [name: string, operands: string]);

const FIRST_SHORT_TEXT = 0x40;
const SAME_TEXT = 0x80;

/** `seq` and the ops behind it, to the end of the reader. */
export function readDiff(reader: Reader): Diff {
  const seq = reader.varint();
  const ops: Op[] = [];
  let lastText = 0;
  while (!reader.done) {
    const op = readOp(reader, lastText);
    if (op[0] === "text") lastText = op[1];
    ops.push(op);
  }
  return { seq, ops, size: reader.size };
}

function readOp(r: Reader, lastText: number): Op {
  const code = r.byte();
  if (code >= FIRST_SHORT_TEXT) return ["text", lastText + code - SAME_TEXT, r.string()];
  const shape = SHAPES[code - 1];
  if (!shape) throw new WireError(`unknown op ${code}`);
  const [name, operands] = shape;
  return [name, ...[...operands].map((kind) => readOperand(r, kind))] as unknown as Op;
}

function readOperand(r: Reader, kind: string): unknown {
  switch (kind) {
    case "n": return r.varint();
    case "s": return r.string();
    case "p": return readMany(r, () => r.varint());
    case "t": return readMany(r, () => readTree(r));
    default: return JSON.parse(r.string());
  }
}

function readMany<T>(r: Reader, read: () => T): T[] {
  const values: T[] = [];
  for (let left = r.varint(); left > 0; left -= 1) values.push(read());
  return values;
}

function readTree(r: Reader): Tree {
  const kind = r.byte();
  if (kind === 0) return r.string();
  if (kind === 2) return 0;
  const tag = r.string();
  const ns = r.string();
  const attributes = readMany(r, (): Attribute => [r.string(), r.string(), r.string()]);
  return [tag, ns, attributes, readMany(r, () => readTree(r))];
}

/** The JSON form of a diff, which is the same values. What is wrong in an op shows when it is applied. */
export function parseDiff(value: unknown): Diff {
  const diff = value as Omit<Diff, "size"> | null;
  if (typeof diff?.seq !== "number" || !Array.isArray(diff.ops)) throw new WireError("not a diff");
  // What a rare op says is not measured: text of this form is for people who read along.
  return { ...diff, size: diff.ops.length * 32 };
}
