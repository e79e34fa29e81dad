// `class` has three writers: the server, the loading states and the page's own scripts. What the server wrote last is
// remembered per element, so that its next edit changes only its own part.

const written = new WeakMap<Element, string | null>();

/** Takes what the element shows now for the server's. */
export function rememberClasses(el: Element): void {
  written.set(el, el.getAttribute("class"));
}

/** Replaces the server's classes by `value`; those that others added stay, behind them, in their order. */
export function setServerClasses(el: Element, value: string | null): void {
  const shown = el.getAttribute("class");
  // An element that nobody remembered shows what the server made.
  const before = written.has(el) ? written.get(el) ?? null : shown;
  written.set(el, value);
  const merged = mergeClasses(tokens(before), tokens(shown), tokens(value));
  if (merged.length === 0 && value === null) el.removeAttribute("class");
  else el.setAttribute("class", merged.join(" "));
}

/** The server's classes, without those that somebody took away, then what others added. */
export function mergeClasses(before: readonly string[], shown: readonly string[], next: readonly string[]): string[] {
  const kept = next.filter((name) => shown.includes(name) || !before.includes(name));
  const added = shown.filter((name) => !before.includes(name) && !next.includes(name));
  return [...kept, ...added];
}

export function removeClass(el: Element, name: string): void {
  el.classList.remove(name);
  if (el.getAttribute("class") === "" && !written.get(el)) el.removeAttribute("class");
}

function tokens(value: string | null): string[] {
  return value === null ? [] : value.split(/\s+/).filter((name) => name !== "");
}
