// Focus that survives a patch: who had it, and the selection there, are noted before and put back after. Focus events
// that this causes are nobody's business, so bindings ignore them while `isSilent`.

import { isEditable } from "./controls";
import { isSelect } from "./dom";

let silent = 0;

export function isSilent(): boolean {
  return silent > 0;
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
  const result = silently(work);
  if (focused instanceof HTMLElement && focused.isConnected && lostFocus(focused)) {
    silently(() => focused.focus({ preventScroll: true }));
    if (selection) restoreSelection(focused, selection);
  }
  return result;
}

/** Focus that somebody else took meanwhile is theirs. */
function lostFocus(focused: Element): boolean {
  return document.activeElement !== focused && (document.activeElement === document.body || document.activeElement === null);
}

type Selection = readonly [number, number, "forward" | "backward" | "none"];

function selectionOf(el: Element | null): Selection | undefined {
  if (!isEditable(el) || isSelect(el) || el.selectionStart === null) return undefined;
  return [el.selectionStart, el.selectionEnd ?? el.selectionStart, el.selectionDirection ?? "none"];
}

function restoreSelection(el: Element, selection: Selection): void {
  if (isEditable(el) && !isSelect(el)) el.setSelectionRange(...selection);
}
