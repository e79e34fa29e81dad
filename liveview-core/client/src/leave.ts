// Leaving the page for one that the browser loads.

import { FLASH_COOKIE } from "./constants";

/** Loads a page, if its address is one that a page may lead to. `flash` is a token of messages for it. */
export function loadPage(to: string, flash = ""): void {
  const url = new URL(to, window.location.href);
  if (url.protocol !== "http:" && url.protocol !== "https:") return;
  if (flash !== "") document.cookie = `${FLASH_COOKIE}=${flash}; path=/; max-age=60; samesite=lax`;
  // An address that differs in its hash alone would only scroll.
  if (url.href.split("#")[0] === window.location.href.split("#")[0]) {
    history.replaceState(history.state, "", url.href);
    window.location.reload();
  } else window.location.assign(url.href);
}
