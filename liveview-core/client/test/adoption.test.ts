import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { AdoptionError, adopt } from "../src/adoption";
import { Writer } from "../src/bytes";
import { NodeTable } from "../src/table";
import { noteTeleported } from "../src/teleported";
import { container } from "./dom";

/** FNV-1a over the events of a page's shape, written independently of the client's. */
function check(...shape: (string | number)[]): number {
  const bytes = shape.flatMap((part) => {
    if (part === "/") return [2];
    if (typeof part === "string") return [1, ...new TextEncoder().encode(part)];
    return [3, part & 255, (part >> 8) & 255, (part >> 16) & 255, part >>> 24];
  });
  return Number(bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * 16777619n) & 0xffffffffn, 2166136261n));
}

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);

class Program {
  readonly writer = new Writer();

  constructor(...opaque: number[]) {
    this.writer.varint(opaque.length);
    opaque.forEach((position, i) => this.writer.varint(position - (opaque[i - 1] ?? 0)));
  }

  entry(kind: number, delta: number, ...rest: number[]): this {
    this.writer.varint((kind === 3 ? zigzag(delta) : delta) * 8 + kind);
    rest.forEach((value) => this.writer.varint(value));
    return this;
  }

  explicit(kind: number, delta: number, id: number): this {
    this.writer.varint(delta * 8 + 4 + kind).varint(zigzag(id));
    return this;
  }

  listener(event: string): this {
    this.writer.varint(3).byte(2).string(event);
    return this;
  }

  encoded(): string {
    return btoa(String.fromCharCode(...this.writer.finish()));
  }
}

function run(el: HTMLElement, program: Program, sum: number) {
  const heard: string[] = [];
  const table = new NodeTable(el);
  adopt(el, program.encoded(), sum, { table, listening: (event) => heard.push(event) });
  return { table, heard };
}

test("elements and whole texts get their ids and stay the same nodes", () => {
  const el = container("<p>one</p><p>two</p>");
  const [first, second] = el.children;
  const { table } = run(el, new Program().entry(0, 1).entry(0, 2).entry(1, 1), check("p", 3, "/", "p", 3, "/"));
  assert.equal(table.get(1), first);
  assert.equal(table.get(2), second);
  assert.equal(table.get(3), second?.firstChild);
  assert.equal(el.innerHTML, "<p>one</p><p>two</p>");
});

test("a text that the parser merged is split at UTF-16 offsets", () => {
  const el = container("<p>née 🤖 42%</p>");
  // Static "née ", then the dynamic "🤖" (two units), static " ", dynamic "42", static "%".
  const { table } = run(el, new Program().entry(2, 2, 4, 2).entry(2, 0, 1, 2), check("p", 10, "/"));
  assert.equal((table.get(1) as Text).data, "🤖");
  assert.equal((table.get(2) as Text).data, "42");
  assert.deepEqual([...el.firstElementChild!.childNodes].map((node) => node.nodeValue), ["née ", "🤖", " ", "42", "%"]);
});

test("neighbouring parts of one text leave no rest behind", () => {
  const el = container("<b>ab</b>");
  const { table } = run(el, new Program().entry(2, 2, 0, 1).entry(2, 0, 0, 1), check("b", 2, "/"));
  assert.deepEqual([(table.get(1) as Text).data, (table.get(2) as Text).data], ["a", "b"]);
  assert.equal(el.firstElementChild!.childNodes.length, 2);
});

test("placeholders and empty texts go where the program says, in its order", () => {
  const el = container("<p>ab</p><i></i>");
  const program = new Program()
    .entry(3, 1, 0, 1) // a placeholder as the first child of <p>
    .entry(3, 0, 1, 1) // an empty text behind it
    .entry(2, 1, 0, 1) // "a"
    .entry(3, 0, 0, 3, 0) // a placeholder between "a" and "b"
    .entry(3, -1, 0, 2) // a placeholder behind <p>
    .entry(3, 0, 1, 2); // an empty text behind that
  const { table } = run(el, program, check("p", 2, "/", "i", "/"));
  const p = el.querySelector("p")!;
  assert.deepEqual([...p.childNodes].map((node) => [node.nodeType, node.nodeValue]), [[8, ""], [3, ""], [3, "a"], [8, ""], [3, "b"]]);
  assert.deepEqual([...el.childNodes].map((node) => node.nodeName), ["P", "#comment", "#text", "I"]);
  assert.deepEqual([1, 2, 3, 4].map((id) => table.get(id)), [...p.childNodes].slice(0, 4));
  assert.equal(table.get(5), p.nextSibling);
  assert.equal(table.get(6), p.nextSibling?.nextSibling);
});

test("a placeholder behind a text stands behind its last part", () => {
  const el = container("<p>abc</p>");
  const { table } = run(el, new Program().entry(2, 2, 1, 1).entry(3, 0, 0, 2), check("p", 3, "/"));
  assert.deepEqual([...el.firstElementChild!.childNodes].map((node) => node.nodeValue), ["a", "b", "c", ""]);
  assert.equal(table.get(2), el.firstElementChild!.lastChild);
});

test("ids may jump, and listeners name the element before", () => {
  const el = container("<button></button><a></a>");
  const { table, heard } = run(el, new Program().explicit(0, 1, 7).listener("click").explicit(0, 1, -4), check("button", "/", "a", "/"));
  assert.equal(table.get(7), el.firstElementChild);
  assert.equal(table.get(3), el.lastElementChild);
  assert.deepEqual(heard, ["click"]);
  assert.equal(table.listensTo(table.get(7), "click"), true);
});

test("what is inside of an opaque element neither counts nor matters", () => {
  const el = container("<div><b>any</b>thing</div><i></i>");
  const { table } = run(el, new Program(1).entry(0, 2), check("div", "/", "i", "/"));
  assert.equal(table.get(1).nodeName, "I");
});

test("the content of a template is adopted where it is", () => {
  const el = container("<template><p>ab</p></template><i></i>");
  const program = new Program().entry(0, 2).entry(2, 1, 1, 1).entry(3, -2, 0, 1).entry(0, 3);
  const { table } = run(el, program, check("template", "p", 2, "/", "/", "i", "/"));
  const { content } = el.querySelector("template")!;
  assert.deepEqual([...content.childNodes], [table.get(3), table.get(1)], "a placeholder came in front");
  assert.equal((table.get(2) as Text).data, "b");
  assert.equal(table.get(4), el.lastElementChild);
});

test("what another view shows in the page is not part of it", () => {
  const el = container("<p>one</p><b>other</b>");
  noteTeleported(document.createElement("template"), el.querySelector("b")!);
  const { table } = run(el, new Program().entry(0, 1), check("p", 3, "/"));
  assert.equal(table.get(1), el.firstElementChild);
});

test("SVG and comments: tags count in lower case, comments not at all", () => {
  const el = container('<svg><linearGradient id="a"></linearGradient></svg><!-- mine -->');
  run(el, new Program().entry(0, 2), check("svg", "lineargradient", "/", "/"));
});

test("a page that somebody changed is refused before anything is touched", () => {
  const el = container("<p>one</p>");
  assert.throws(() => run(el, new Program().entry(2, 2, 0, 1), check("p", 4, "/")), AdoptionError);
  assert.equal(el.firstElementChild!.childNodes.length, 1);
});

test("a program that does not fit the page is an error", () => {
  const sum = check("p", 3, "/");
  for (const program of [new Program().entry(0, 9), new Program().entry(1, 1), new Program().entry(0, 2), new Program().entry(2, 2, 2, 2)]) {
    assert.throws(() => run(container("<p>one</p>"), program, sum), AdoptionError);
  }
  assert.throws(() => run(container("<p>one</p>"), new Program().entry(2, 2), sum), /ends too early/);
});
