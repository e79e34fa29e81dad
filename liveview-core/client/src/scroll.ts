// Where the page is scrolled to: noted in the history's entry when scrolling has stopped, and found again on the way back.

import { SCROLL_STOPPED_AFTER } from "./constants";

export class ScrollWatch {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly stopped: (scroll: number) => void) {}

  scrolled(): void {
    this.cancel();
    this.#timer = setTimeout(() => this.stopped(window.scrollY), SCROLL_STOPPED_AFTER);
  }

  /** The page is another one now: what was scrolled before is not noted in its entry. */
  cancel(): void {
    clearTimeout(this.#timer);
  }
}

/** Scrolls to where the page was. Once more a frame later, when what it shows has its size. */
export function restoreScroll(scroll: number | undefined): void {
  if (scroll === undefined) return;
  window.scrollTo(0, scroll);
  requestAnimationFrame(() => window.scrollTo(0, scroll));
}

/** Scrolls to the target of the URL's hash, or else, if `top`, to the top. */
export function scrollToTarget(top: boolean): void {
  const target = hashTarget();
  if (target) target.scrollIntoView();
  else if (top) window.scrollTo(0, 0);
}

function hashTarget(): Element | null {
  const name = window.location.hash.slice(1);
  if (name === "") return null;
  return document.getElementById(decode(name)) ?? document.querySelector(`a[name=${JSON.stringify(name)}]`);
}

/** The name as the page has it; a hash may hold what is no encoding. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
