// A page for the tests: jsdom's window as Node's globals. Import this before anything that touches the DOM.

import { JSDOM } from "jsdom";

export const dom = new JSDOM("<!DOCTYPE html><html><head></head><body></body></html>", {
  url: "http://localhost/fleet",
  pretendToBeVisual: true,
});

for (const name of Object.getOwnPropertyNames(dom.window)) {
  if (name in globalThis && !["Event", "EventTarget", "CustomEvent", "MessageEvent", "FormData", "AbortController", "AbortSignal"].includes(name)) continue;
  try {
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: (dom.window as never)[name] });
  } catch {
    // A global that Node will not give up.
  }
}
Object.defineProperty(globalThis, "window", { configurable: true, value: dom.window });

/** Replaces the page's body and returns the container in it. */
export function container(html: string): HTMLElement {
  document.body.innerHTML = `<div id="phx-1" data-phx-main data-phx-session="token">${html}</div>`;
  return document.body.firstElementChild as HTMLElement;
}
