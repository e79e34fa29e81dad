// The two layers of an attribute: what the server says, and what the client shows over it while it has a reason to.
// A server edit always lands in the server's layer; when the last holder lets go, the server's value shows again.
// Attributes without a cover are not recorded here: then the page itself is the server's layer.

import { writeAttribute } from "./dom";

interface Cover {
  server: string | null;
  holders: number;
}

const covers = new WeakMap<Element, Map<string, Cover>>();

/** Shows `value` in place of the server's. Covers nest: each needs its own `uncover`. */
export function cover(el: Element, name: string, value: string): void {
  const names = covers.get(el) ?? new Map<string, Cover>();
  covers.set(el, names);
  const present = names.get(name);
  if (present) present.holders += 1;
  else names.set(name, { server: el.getAttribute(name), holders: 1 });
  el.setAttribute(name, value);
}

export function uncover(el: Element, name: string): void {
  const names = covers.get(el);
  const present = names?.get(name);
  if (!present) return;
  present.holders -= 1;
  if (present.holders > 0) return;
  names?.delete(name);
  writeAttribute(el, name, present.server);
}

export function isCovered(el: Element, name: string): boolean {
  return covers.get(el)?.has(name) ?? false;
}

/** The server's edit of an attribute; `null` removes it. */
export function setServer(el: Element, name: string, value: string | null): void {
  const present = covers.get(el)?.get(name);
  if (present) present.server = value;
  else writeAttribute(el, name, value);
}
