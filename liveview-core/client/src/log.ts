// The debug log: one line per happening, `<view id> <kind>: <message> - <object>`. On by default on this machine itself.

import { STORAGE_DEBUG } from "./constants";
import { load, save } from "./storage";

export function isDebugging(): boolean {
  const setting = load("sessionStorage", STORAGE_DEBUG);
  return setting ? setting === "true" : /^(localhost|127\.0\.0\.1|\[::1\])$/.test(window.location.hostname);
}

export function setDebugging(on: boolean): void {
  save("sessionStorage", STORAGE_DEBUG, String(on));
}

export function log(view: string, kind: string, message: string, object: unknown = ""): void {
  if (isDebugging()) console.log(`${view} ${kind}: ${message} - `, object);
}
