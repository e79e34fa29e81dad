// Ops that build a page, from its HTML: what the server sends at a fresh join.

import { contentOf } from "../src/held_content";
import type { Op, Tree } from "../src/ops";
import { descendants } from "../src/teleported";

let template = 1_000;

/** The root nodes get the ids 1, 2, …; further elements those that `ids` gives them, by selector. */
export function opsFor(html: string, ids: Readonly<Record<string, number>> = {}): Op[] {
  const root = document.createElement("div");
  root.innerHTML = html;
  template += 1;
  const roots = [...root.childNodes];
  const ops: Op[] = [["template", template, roots.map(tree)]];
  roots.forEach((node, i) => {
    ops.push(["load", template, i, i + 1]);
    for (const [selector, id] of Object.entries(ids)) {
      const el = node instanceof Element ? descendants(contentOf(node) as ParentNode, selector)[0] : undefined;
      if (el) ops.push(["assign", path(node, el), id]);
    }
  });
  return [...ops, ["append", 0, roots.length]];
}

function tree(node: Node): Tree {
  if (!(node instanceof Element)) return node.nodeValue ?? "";
  const attributes = [...node.attributes].map(({ name, value }) => [name, "", value] as const);
  return [node.localName, "", attributes, childrenOf(node).map(tree)];
}

function path(root: Node, node: Node): number[] {
  const index = childrenOf(root).findIndex((child) => child === node || contains(child, node));
  const child = childrenOf(root)[index]!;
  return child === node ? [index] : [index, ...path(child, node)];
}

function contains(root: Node, node: Node): boolean {
  return childrenOf(root).some((child) => child === node || contains(child, node));
}

function childrenOf(node: Node): ChildNode[] {
  return [...contentOf(node).childNodes];
}
