// Sends at once and then again at a steady pace, for as long as something is held. A turn is skipped while the last one
// is unanswered, so that a slow connection gets fewer, not late ones. Ends by itself when a turn finds nothing to send to.

import { REPEAT_DEFAULT } from "../constants";

/** Sends once; whether it could. `answered` is called when the answer is here. */
export type SendTurn = (answered: () => void) => boolean;

export class Repeater {
  #timer: ReturnType<typeof setInterval> | undefined;
  #waiting = false;

  constructor(
    private readonly period: number,
    private readonly send: SendTurn,
    private readonly ended: () => void,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#turn(), this.period);
    this.#turn();
  }

  stop(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.ended();
  }

  #turn(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    const sent = this.send(() => {
      this.#waiting = false;
    });
    if (!sent) this.stop();
  }
}

/** `phx-repeat` in milliseconds. */
export function repeatPeriod(el: Element): number {
  const period = Number.parseInt(el.getAttribute("phx-repeat") ?? "", 10);
  return period > 0 ? period : REPEAT_DEFAULT;
}
