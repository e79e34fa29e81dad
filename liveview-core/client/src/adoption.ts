// Adoption of the page's first HTML: checks that it is what the server rendered and gives the nodes the ids that the
// server knows them by. Nothing is rebuilt: texts that the HTML parser merged are split, and nodes that HTML cannot
// express (placeholders, empty texts) are put in.

import { fromBase64 } from "./base64";
import { Reader, unzigzag } from "./bytes";
import { isElement } from "./dom";
import { contentOf } from "./held_content";
import type { NodeTable } from "./table";
import { isTeleported } from "./teleported";

/** Thrown when the page is not what the server rendered: the view then asks for a fresh render. */
export class AdoptionError extends Error {
  override message = "the page is not what the server rendered";
}

export interface AdoptionTarget {
  readonly table: NodeTable;
  listening(event: string): void;
}

/** Runs a base64 program on the container, or throws `AdoptionError` or `WireError`. */
export function adopt(container: Element, program: string, check: number, target: AdoptionTarget): void {
  const reader = new Reader(fromBase64(program));
  const listing = new Listing(container, readOpaque(reader));
  if (listing.check !== check) throw new AdoptionError();
  new Adopter(listing.nodes, target).run(reader);
}

function readOpaque(reader: Reader): Set<number> {
  const positions = new Set<number>();
  let position = 0;
  for (let left = reader.varint(); left > 0; left -= 1) {
    position += reader.varint();
    positions.add(position);
  }
  return positions;
}

/** The container and the elements and texts below it in preorder, and their check sum (FNV-1a). */
class Listing {
  readonly nodes: Node[] = [];
  #hash = 2166136261;

  constructor(
    container: Element,
    private readonly opaque: ReadonlySet<number>,
  ) {
    this.nodes.push(container);
    this.#children(container);
  }

  get check(): number {
    return this.#hash >>> 0;
  }

  #children(parent: Node): void {
    for (let node = contentOf(parent).firstChild; node; node = node.nextSibling) {
      // What another view shows here is none of this page.
      if (isTeleported(node)) continue;
      if (isElement(node)) this.#element(node);
      else if (node instanceof Text) this.#text(node);
    }
  }

  #element(el: Element): void {
    const position = this.nodes.push(el) - 1;
    this.#mix(1);
    for (const byte of new TextEncoder().encode(el.localName.toLowerCase())) this.#mix(byte);
    if (!this.opaque.has(position)) this.#children(el);
    this.#mix(2);
  }

  #text(text: Text): void {
    this.nodes.push(text);
    this.#mix(3);
    for (let shift = 0; shift < 32; shift += 8) this.#mix((text.length >>> shift) & 0xff);
  }

  #mix(byte: number): void {
    this.#hash = Math.imul(this.#hash ^ byte, 16777619);
  }
}

/** How far the program has got inside of one text node of the page. */
interface Cut {
  /** What is behind the last thing that the program named; `undefined` at the text's end. */
  rest: Text | undefined;
  /** The last thing that the program named or put in. */
  last: Node;
}

class Adopter {
  #position = 0;
  #id = 0;
  readonly #cuts = new Map<number, Cut>();
  /** The last node put in at the front of a position, or behind it. */
  readonly #placed = new Map<string, Node>();

  constructor(
    private readonly nodes: readonly Node[],
    private readonly target: AdoptionTarget,
  ) {}

  run(reader: Reader): void {
    while (!reader.done) this.#entry(reader);
  }

  #entry(r: Reader): void {
    const head = r.varint();
    const kind = head & 3;
    const delta = Math.floor(head / 8);
    this.#position += kind === 3 ? unzigzag(delta) : delta;
    const explicit = (head & 4) !== 0 ? r.zigzag() : undefined;
    const code = kind === 3 ? r.byte() : undefined;
    if (code === 2) return this.#listener(r.string());
    this.#id += explicit ?? 1;
    this.target.table.set(this.#id, this.#named(r, kind, code));
  }

  #named(r: Reader, kind: number, code: number | undefined): Node {
    switch (kind) {
      case 0: return this.#element();
      case 1: return this.#wholeText();
      case 2: return this.#partOfText(r.varint(), r.varint());
      default: return this.#made(r, code);
    }
  }

  #made(r: Reader, code: number | undefined): Node {
    const node = code === 0 ? document.createComment("") : document.createTextNode("");
    const where = r.byte();
    if (where === 3) this.#putInText(node, r.varint());
    else this.#put(node, where);
    return node;
  }

  #listener(event: string): void {
    this.target.table.listen(this.#element(), event);
    this.target.listening(event);
  }

  #node(): Node {
    const node = this.nodes[this.#position];
    if (!node) throw new AdoptionError();
    return node;
  }

  #element(): Element {
    const node = this.#node();
    if (!isElement(node)) throw new AdoptionError();
    return node;
  }

  #text(): Text {
    const node = this.#node();
    if (!(node instanceof Text)) throw new AdoptionError();
    return node;
  }

  #wholeText(): Text {
    const text = this.#text();
    this.#cuts.set(this.#position, { rest: undefined, last: text });
    return text;
  }

  #partOfText(offset: number, length: number): Text {
    const cut = this.#cut();
    skip(cut, offset);
    const part = cut.rest;
    if (!part || length > part.length) throw new AdoptionError();
    cut.rest = length < part.length ? part.splitText(length) : undefined;
    cut.last = part;
    return part;
  }

  #putInText(node: Node, offset: number): void {
    const cut = this.#cut();
    skip(cut, offset);
    cut.last.parentNode?.insertBefore(node, cut.rest ?? cut.last.nextSibling);
    cut.last = node;
  }

  /** Puts the node in as the first child of the element here, or behind the node here; each time behind earlier ones. */
  #put(node: Node, where: number): void {
    const place = `${this.#position} ${where}`;
    const cut = this.#cuts.get(this.#position);
    const last = this.#placed.get(place) ?? (where === 1 ? undefined : cut?.rest ?? cut?.last ?? this.#node());
    const parent = last ? last.parentNode : contentOf(this.#element());
    parent?.insertBefore(node, last ? last.nextSibling : parent.firstChild);
    this.#placed.set(place, node);
  }

  #cut(): Cut {
    const text = this.#text();
    const cut = this.#cuts.get(this.#position) ?? { rest: text, last: text };
    this.#cuts.set(this.#position, cut);
    return cut;
  }
}

/** Passes over `offset` units of the rest; what they are in stays a text of its own. */
function skip(cut: Cut, offset: number): void {
  if (offset === 0) return;
  const { rest } = cut;
  if (!rest || offset > rest.length) throw new AdoptionError();
  cut.last = rest;
  cut.rest = offset < rest.length ? rest.splitText(offset) : undefined;
}
