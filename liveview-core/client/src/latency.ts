// The latency simulator: holds messages back for some milliseconds, in each direction, and never reorders them.
// The setting lives in `sessionStorage`, so that it lasts over reloads of this tab.

import { STORAGE_LATENCY } from "./constants";
import { load, save } from "./storage";

export function latency(): number {
  return Number(load("sessionStorage", STORAGE_LATENCY) ?? 0) || 0;
}

export function setLatency(milliseconds: number | null): void {
  save("sessionStorage", STORAGE_LATENCY, milliseconds === null ? null : String(milliseconds));
}

/** A line of messages. Without latency, and with nobody waiting, a message passes at once. */
export class DelayLine<T> {
  #waiting: { item: T; due: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly deliver: (item: T) => void) {}

  push(item: T): void {
    const wait = latency();
    if (wait === 0 && this.#waiting.length === 0) return this.deliver(item);
    this.#waiting.push({ item, due: Date.now() + wait });
    this.#schedule();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #schedule(): void {
    const first = this.#waiting[0];
    if (!first || this.#timer) return;
    this.#timer = setTimeout(() => this.#release(), Math.max(0, first.due - Date.now()));
  }

  #release(): void {
    this.#timer = undefined;
    const first = this.#waiting.shift();
    this.#schedule();
    if (first) this.deliver(first.item);
  }
}
