// Focus that survives a patch: who had it, and the selection there, are noted before and put back after. Focus events
// that this causes are nobody's business, so bindings ignore them while `isSilent`.

import { isInside } from "./teleported";

let silent = 0;
/** Who had the focus before the patch that is being applied. */
let holder: Element | null | undefined;

export function isSilent(): boolean {
  return silent > 0;
}

/** The element that the person is in, also while a patch moves it about. */
export function focusHolder(): Element | null {
  return holder === undefined ? document.activeElement : holder;
}

/** Runs `work` without any focus event reaching the server. */
export function silently<T>(work: () => T): T {
  silent += 1;
  try {
    return work();
  } finally {
    silent -= 1;
  }
}

export function keepingFocus<T>(work: () => T): T {
  const focused = document.activeElement;
  const selection = selectionOf(focused);
  holder = focused;
  try {
    return silently(work);
  } finally {
    holder = undefined;
    if (focused?.isConnected && lostFocus(focused)) silently(() => restore(focused as HTMLInputElement, selection));
  }
}

/** Focus that somebody else took meanwhile is theirs. */
function lostFocus(focused: Element): boolean {
  return document.activeElement !== focused && (document.activeElement ?? document.body) === document.body;
}

/** Another view has come into the page: its own choice has the focus, or else, if the last view had it, the view itself. */
export function moveFocus(into: HTMLElement, hadFocus: boolean): void {
  const chosen = [...document.querySelectorAll<HTMLElement>("[autofocus]")].find((el) => isInside(into, el));
  if (!chosen && !hadFocus) return;
  if (!chosen) {
    into.tabIndex = -1;
    into.addEventListener("blur", () => into.removeAttribute("tabindex"), { once: true });
  }
  silently(() => (chosen ?? into).focus({ preventScroll: true }));
}

type Selection = readonly [number, number, "forward" | "backward" | "none"];

/** `undefined` for what has no caret. */
function selectionOf(el: Element | null): Selection | undefined {
  const { selectionStart, selectionEnd, selectionDirection } = (el ?? {}) as HTMLInputElement;
  if (typeof selectionStart !== "number") return undefined;
  return [selectionStart, selectionEnd ?? selectionStart, selectionDirection ?? "none"];
}

function restore(el: HTMLInputElement, selection: Selection | undefined): void {
  el.focus({ preventScroll: true });
  if (selection) el.setSelectionRange(...selection);
}
