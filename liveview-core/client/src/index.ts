// The client as a classic script: `<script defer src="/bennu.js">`. It starts by itself unless the tag says `data-manual` or
// the page has made a `LiveSocket` of its own by the time that the document is parsed. Further attributes of the tag:
// `data-url` (default `/live`), `data-serializer="json"`, `data-progress="off"`, `data-composing="block"`, `data-longpoll="off"`.

import { LiveSocket, type LiveSocketOptions } from "./live_socket";

window.Bennu = { LiveSocket };

const settings = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {};

function start(): void {
  if (window.liveSocket) return;
  const options: LiveSocketOptions = {
    serializer: settings.serializer === "json" ? "json" : "binary",
    progress: settings.progress !== "off",
    blockPhxChangeWhileComposing: settings.composing === "block",
    ...(settings.longpoll === "off" ? { longPollFallbackMs: false } : {}),
  };
  new LiveSocket(settings.url, options).connect();
}

// Deferred scripts of the page come before `DOMContentLoaded`, so they have had their turn by then.
if (settings.manual === undefined) {
  if (document.readyState === "complete") start();
  else for (const name of ["DOMContentLoaded", "load"]) window.addEventListener(name, start, { once: true });
}
