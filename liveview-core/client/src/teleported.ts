// Where teleported elements belong. What a portal shows stands elsewhere in the document than it was rendered, below the target
// that the portal names; its logical parent is the portal's template. Whatever asks which view an element is of asks here.

import { SESSION } from "./constants";
import { isTemplate } from "./dom";

/** The wrappers of portals that were teleported, by their templates; kept while the target is missing. */
const wrappers = new WeakMap<Element, Element>();
const sources = new WeakMap<Node, Element>();

export function noteTeleported(template: Element, wrapper: Element): void {
  wrappers.set(template, wrapper);
  sources.set(wrapper, template);
}

/** What the template's portal shows, if that was ever teleported. */
export function wrapperOf(template: Element): Element | undefined {
  return wrappers.get(template);
}

/** Whether the node is what a portal shows: it belongs to nobody around it. */
export function isTeleported(node: Node): boolean {
  return sources.has(node);
}

/** The element around `el` in the markup that it was rendered by. */
export function parentOf(el: Element): Element | null {
  return sources.get(el) ?? el.parentElement;
}

/** Whether `el` is `root` or was rendered inside of it. */
export function isInside(root: Element, el: Element | null): boolean {
  let at = el;
  while (at && at !== root) at = parentOf(at);
  return at !== null;
}

/** The container of the view that the element is in. */
export function containerOf(el: Element | null): Element | null {
  let at = el;
  while (at && !at.hasAttribute(SESSION)) at = parentOf(at);
  return at;
}

/** The elements in the page that match and were rendered by the view of this container, wherever they stand. So was the container of a nested view, but not what is in it. */
export function elementsOf(container: Element, selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)].filter((el) => containerOf(parentOf(el)) === container);
}

/** The elements below `root` that match, also those in templates, where no view has put them into the page yet. */
export function descendants(root: ParentNode, selector: string): Element[] {
  return [...root.querySelectorAll(`${selector},template`)].flatMap((el) => [
    ...(el.matches(selector) ? [el] : []),
    ...(isTemplate(el) ? descendants(el.content, selector) : []),
  ]);
}
