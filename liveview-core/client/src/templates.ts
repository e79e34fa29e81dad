// Templates: built once per socket from the wire's trees, cloned for each use. They are built in a document of their
// own, where images do not load and custom elements do not start.

import { WireError } from "./bytes";
import { setAttribute } from "./attributes";
import { contentOf } from "./held_content";
import type { Tree } from "./ops";

export class Templates {
  #roots = new Map<number, readonly Node[]>();
  readonly #inert = document.implementation.createHTMLDocument("");

  define(id: number, trees: readonly Tree[]): void {
    this.#roots.set(id, trees.map((tree) => this.#build(tree)));
  }

  /** A fresh copy of one root. */
  load(id: number, root: number): Node {
    const node = this.#roots.get(id)?.[root];
    if (!node) throw new WireError(`unknown template ${id}`);
    return document.importNode(node, true);
  }

  clear(): void {
    this.#roots.clear();
  }

  #build(tree: Tree): Node {
    if (tree === 0) return this.#inert.createComment("");
    if (typeof tree === "string") return this.#inert.createTextNode(tree);
    const [tag, ns, attributes, children] = tree;
    const el = ns === "" ? this.#inert.createElement(tag) : this.#inert.createElementNS(ns, tag);
    for (const [name, space, value] of attributes) setAttribute(el, name, space, value);
    (contentOf(el) as ParentNode).append(...children.map((child) => this.#build(child)));
    return el;
  }
}
