// Merges a fresh render into the page that shows an older one. Nodes that stand for the same thing stay: an element is
// matched by its `id`, otherwise by tag and position. So focus, selection, scroll, what the person is typing and what
// scripts added to `class` survive; everything else becomes what the server says.

import { setStyle } from "./attributes";
import { setServerClasses } from "./classes";
import { SESSION, TELEPORTED } from "./constants";
import { hold, isControl, isOwned, serverValue, settleSelects, sync, takeServerLayer, type Control } from "./controls";
import { idOf, isElement, isInput } from "./dom";
import { contentOf } from "./held_content";
import { setServer } from "./overlay";
import { place } from "./patch";
import { descendants, elementsOf, isTeleported, wrapperOf } from "./teleported";

export interface MergeOptions {
  /** Whether to keep what was typed into a control about which the server's mind has not changed: not where nobody told the server. */
  keepTyped(control: Control): boolean;
}

/** Makes the children of `live` those of `fresh`. The result names, for each fresh node that was not used, the node that stands for it. */
export function merge(live: Element, fresh: Element, options: MergeOptions): ReadonlyMap<Node, Node> {
  const merger = new Merger(live, fresh, options);
  merger.children(live, fresh);
  merger.finish();
  settleSelects();
  return merger.kept;
}

class Merger {
  readonly kept = new Map<Node, Node>();
  readonly #used = new Set<Node>();
  readonly #leftovers: ChildNode[] = [];
  readonly #liveIds: Map<string, Element>;
  readonly #freshIds: Map<string, Element>;

  constructor(
    live: Element,
    fresh: Element,
    private readonly options: MergeOptions,
  ) {
    this.#liveIds = byId(elementsOf(live, "[id]"));
    this.#freshIds = byId(descendants(fresh, "[id]"));
  }

  children(live: Node, fresh: Node): void {
    // The last child that is where it belongs: what follows it is still to be matched, or to go.
    let last: ChildNode | undefined;
    const rest = () => (last ? last.nextSibling : live.firstChild);
    for (const node of [...fresh.childNodes]) {
      const cursor = this.#skipUnwanted(rest());
      const match = this.#match(node, cursor);
      if (match?.parentNode === live && isBehind(cursor, match)) this.#skipTo(cursor, match);
      else place(live, [match ?? node], cursor);
      last = match ?? node;
      this.#used.add(last);
      if (match) this.#one(match, node);
    }
    this.#skipTo(rest(), null);
  }

  /** Takes out what nothing stands for any more. What a portal shows there goes with its template, or not at all. */
  finish(): void {
    for (const node of this.#leftovers) if (!this.#used.has(node) && !isTeleported(node)) node.remove();
  }

  #one(live: Node, fresh: Node): void {
    this.kept.set(fresh, live);
    if (isElement(live) && isElement(fresh)) this.#element(live, fresh);
    else if (live.nodeValue !== fresh.nodeValue) live.nodeValue = fresh.nodeValue;
  }

  #element(live: Element, fresh: Element): void {
    const control = isControl(live) ? live : undefined;
    const before = control && serverValue(control);
    const owned = control && isOwned(control);
    if (control && owned) hold(control);
    mergeAttributes(live, fresh);
    // What is in the container of a nested view is that view's own.
    if (!live.hasAttribute(SESSION)) this.#content(live, fresh);
    if (!control) return;
    takeServerLayer(control, fresh);
    if (!owned && (serverValue(control) !== before || !this.options.keepTyped(control))) sync(control, true);
  }

  /** What a portal shows stays where it is shown. */
  #content(live: Element, fresh: Element): void {
    const shown = wrapperOf(live);
    const wrapper = contentOf(fresh).firstChild;
    if (!shown || !isElement(wrapper)) return this.children(contentOf(live), contentOf(fresh));
    wrapper.setAttribute(TELEPORTED, idOf(fresh));
    this.#used.add(shown);
    this.#one(shown, wrapper);
  }

  /** Passes the nodes that have an id which the new render does not. What portals show here comes last. */
  #skipUnwanted(cursor: ChildNode | null): ChildNode | null {
    let node = cursor;
    while (isElement(node) && idOf(node) !== "" && !isTeleported(node) && !this.#freshIds.has(idOf(node))) {
      this.#leftovers.push(node);
      node = node.nextSibling;
    }
    return node;
  }

  #skipTo(cursor: ChildNode | null, match: ChildNode | null): void {
    for (let node = cursor; node && node !== match; node = node.nextSibling) this.#leftovers.push(node);
  }

  #match(fresh: ChildNode, cursor: ChildNode | null): ChildNode | undefined {
    if (isElement(fresh) && idOf(fresh) !== "") {
      const live = this.#liveIds.get(idOf(fresh));
      return live && !this.#used.has(live) && isSameKind(live, fresh) ? live : undefined;
    }
    for (let node = cursor; node; node = node.nextSibling) {
      if (isElement(node) && idOf(node) !== "") continue;
      if (!this.#used.has(node) && isSameKind(node, fresh)) return node;
      // Going on would give up this element: only if nothing in the new render wants it.
      if (isElement(node) && (!isElement(fresh) || isWanted(node, fresh))) return undefined;
    }
    return undefined;
  }
}

function byId(elements: readonly Element[]): Map<string, Element> {
  const ids = new Map<string, Element>();
  for (const el of elements) if (!ids.has(idOf(el))) ids.set(idOf(el), el);
  return ids;
}

/** Whether a later sibling of `fresh` could be matched with the element. */
function isWanted(el: Element, fresh: Element): boolean {
  for (let next = fresh.nextElementSibling; next; next = next.nextElementSibling) {
    if (isSameKind(el, next) && idOf(next) === "") return true;
  }
  return false;
}

function isSameKind(a: Node, b: Node): boolean {
  if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName) return false;
  // An input of another type has another kind of value.
  return !(isInput(a) && isInput(b)) || a.type === b.type;
}

/** Whether `match` needs no move: only nodes without an id lie between the cursor and it. */
function isBehind(cursor: ChildNode | null, match: ChildNode): boolean {
  for (let node = cursor; node; node = node.nextSibling) {
    if (node === match) return true;
    if (isElement(node) && idOf(node) !== "") return false;
  }
  return false;
}

/** Gives `live` the attributes of `fresh`. */
export function mergeAttributes(live: Element, fresh: Element): void {
  for (const { name, namespaceURI, value } of [...fresh.attributes]) {
    if (name === "class") setServerClasses(live, value);
    else if (name === "style") live.getAttribute("style") === value || setStyle(live, value);
    else if (namespaceURI !== null) live.setAttributeNS(namespaceURI, name, value);
    else if (live.getAttribute(name) !== value) setServer(live, name, value);
  }
  for (const { name } of [...live.attributes]) {
    if (fresh.hasAttribute(name)) continue;
    if (name === "class") setServerClasses(live, null);
    else setServer(live, name, null);
  }
}
