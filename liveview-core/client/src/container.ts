// The classes that tell the page how its view is: connected, or loading, or loading because something went wrong.

import { CLIENT_ERROR_CLASS, CONNECTED_CLASS, ERROR_CLASS, LOADING_CLASS, SERVER_ERROR_CLASS } from "./constants";

export type Condition = "connected" | "loading" | "client-error" | "server-error";

const CLASSES: Record<Condition, readonly string[]> = {
  connected: [CONNECTED_CLASS],
  loading: [LOADING_CLASS],
  "client-error": [LOADING_CLASS, ERROR_CLASS, CLIENT_ERROR_CLASS],
  "server-error": [LOADING_CLASS, ERROR_CLASS, SERVER_ERROR_CLASS],
};

/** `undefined`: the container around it shows how it is. */
export function showCondition(el: Element, condition: Condition | undefined): void {
  el.classList.remove(...Object.values(CLASSES).flat());
  if (condition) el.classList.add(...CLASSES[condition]);
}
