// An element's children, set aside while the client shows a text in their place (`phx-disable-with`). They stay alive
// and the server goes on editing them; they come back as they are then. And what a `<template>` contains, which HTML keeps aside, too.

import { isElement, isTemplate } from "./dom";

const aside = new WeakMap<Element, { nodes: DocumentFragment; holders: number }>();

/** Shows `text` in place of the children. Nests: each call needs its own `restoreContent`. */
export function replaceContent(el: Element, text: string): void {
  const present = aside.get(el);
  if (present) {
    present.holders += 1;
    return;
  }
  const nodes = document.createDocumentFragment();
  nodes.append(...el.childNodes);
  aside.set(el, { nodes, holders: 1 });
  el.append(text);
}

/** Whether the children are back: the last one who asked for a text has let go. */
export function restoreContent(el: Element): boolean {
  const present = aside.get(el);
  if (!present) return true;
  present.holders -= 1;
  if (present.holders > 0) return false;
  aside.delete(el);
  el.replaceChildren(present.nodes);
  return true;
}

/** Where the server's children of `node` are now. */
export function contentOf(node: Node): Node {
  return (isElement(node) && aside.get(node)?.nodes) || (isTemplate(node) ? node.content : node);
}
