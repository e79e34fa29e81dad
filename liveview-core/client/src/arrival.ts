// A view on its way into the page, in place of another one or in advance: what its join says, and what becomes of it.

import type { Failure } from "./channel";
import type { Reply } from "./protocol";

/** The view is built, in a container that nobody sees yet; or why it is not. */
export type Outcome = "here" | Reply | Failure;

export class Arrival {
  /** Nobody else may have it: 96 random bits. `randomUUID` is for secure pages only, and robots are often reached by plain HTTP. */
  readonly topic = `lv:${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  #outcome: Outcome | undefined;
  #waiting: ((outcome: Outcome) => void) | undefined;

  constructor(
    readonly href: string,
    /** Of the view that gives way. */
    readonly token: string,
    readonly referer: string,
    readonly flash = "",
  ) {}

  get isSettled(): boolean {
    return this.#outcome !== undefined;
  }

  settle(outcome: Outcome): void {
    this.#outcome ??= outcome;
    this.#waiting?.(this.#outcome);
    this.#waiting = undefined;
  }

  /** Calls back once, at once if it is known already. */
  whenSettled(waiting: (outcome: Outcome) => void): void {
    if (this.#outcome === undefined) this.#waiting = waiting;
    else waiting(this.#outcome);
  }
}
