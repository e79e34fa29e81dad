// Debounce and throttle. A debounced event waits until its element has been quiet, or is left; a throttled one goes at
// once and keeps the next ones out for a while. An event whose element has left the page is dropped.

import { PACE_DEFAULT } from "./constants";

interface Waiting {
  readonly timer: ReturnType<typeof setTimeout> | undefined;
  readonly send: () => void;
}

const waiting = new Map<Element, Waiting>();
const throttled = new WeakMap<Element, Map<string, ReturnType<typeof setTimeout>>>();

/** Calls `send` when `phx-debounce` or `phx-throttle` of `el` allow it. `key` tells events apart that do not throttle each other. */
export function pace(el: Element, key: string, send: () => void): void {
  const debounce = el.getAttribute("phx-debounce");
  const throttle = el.getAttribute("phx-throttle");
  if (debounce !== null) wait(el, debounce, send);
  else if (throttle !== null) limit(el, key, milliseconds(throttle), send);
  else send();
}

/** Sends what waits for this element, now. */
export function flush(el: Element): void {
  const entry = take(el);
  if (entry && el.isConnected) entry.send();
}

/** Sends what waits for the other controls of a form, so that events keep their order. */
export function flushOthers(form: HTMLFormElement | null, except: Element): void {
  for (const el of [...waiting.keys()]) {
    if (el !== except && form && formOf(el) === form) flush(el);
  }
}

/** Forgets what waits for the controls of a form: a submit sends everything anyway. */
export function cancel(form: HTMLFormElement): void {
  for (const el of [...waiting.keys()]) if (formOf(el) === form) take(el);
}

function wait(el: Element, setting: string, send: () => void): void {
  take(el);
  const timer = setting === "blur" ? undefined : setTimeout(() => flush(el), milliseconds(setting));
  waiting.set(el, { timer, send });
}

function take(el: Element): Waiting | undefined {
  const entry = waiting.get(el);
  clearTimeout(entry?.timer);
  waiting.delete(el);
  return entry;
}

function limit(el: Element, key: string, wait: number, send: () => void): void {
  const keys = throttled.get(el) ?? new Map<string, ReturnType<typeof setTimeout>>();
  throttled.set(el, keys);
  if (keys.has(key)) return;
  keys.set(key, setTimeout(() => keys.delete(key), wait));
  send();
}

function milliseconds(setting: string): number {
  const value = Number.parseInt(setting, 10);
  return value >= 0 ? value : PACE_DEFAULT;
}

function formOf(el: Element): HTMLFormElement | null {
  return (el as HTMLInputElement).form ?? null;
}
