// What a server's edit of one attribute does to an element. Styles go through CSSOM, because a strict
// Content-Security-Policy refuses `style` attributes that a script sets.

import { setServerClasses } from "./classes";
import { setChecked, setSelected, setValue } from "./controls";
import { setServer } from "./overlay";

/** Sets an attribute, or removes it when `value` is `null`. */
export function setAttribute(el: Element, name: string, ns: string, value: string | null): void {
  if (ns === "style") return setStyleProperty(el, name, value);
  if (ns !== "") return value === null ? el.removeAttributeNS(ns, localName(name)) : el.setAttributeNS(ns, name, value);
  switch (name) {
    case "class": return setServerClasses(el, value);
    case "style": return setStyle(el, value);
    case "value": return setValue(el, value);
    case "checked": return setChecked(el, value !== null);
    case "selected": return setSelected(el, value !== null);
    case "muted":
    case "indeterminate": return setFlag(el, name, value);
    case "dangerous_inner_html": return setHtml(el, value);
    default: return setServer(el, name, value);
  }
}

/** Applies the `style` attributes below `root` that the page's policy kept the HTML parser from applying. */
export function applyStyles(root: Element): void {
  for (const el of root.querySelectorAll("[style]")) {
    const text = el.getAttribute("style");
    const style = styleOf(el);
    if (text && style?.length === 0) style.cssText = text;
  }
}

export function setStyle(el: Element, value: string | null): void {
  const style = styleOf(el);
  if (style) style.cssText = value ?? "";
  if (value === null) el.removeAttribute("style");
}

function setStyleProperty(el: Element, name: string, value: string | null): void {
  const style = styleOf(el);
  if (value === null) style?.removeProperty(name);
  else style?.setProperty(name, value);
}

function styleOf(el: Element): CSSStyleDeclaration | undefined {
  return (el as HTMLElement).style;
}

/** Flags whose property is not the attribute's mirror. */
function setFlag(el: Element, name: "muted" | "indeterminate", value: string | null): void {
  setServer(el, name, value);
  (el as unknown as Record<string, boolean>)[name] = value !== null;
}

function setHtml(el: Element, value: string | null): void {
  el.innerHTML = value ?? "";
  applyStyles(el);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
