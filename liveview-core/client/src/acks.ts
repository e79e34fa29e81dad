// Which frames were applied and when the server hears of it: after some frames or bytes, after some time, or with the next
// event. A page that changes little is seldom worth a message of its own, and the server waits for none so soon.

import { ACK_BYTES, ACK_DELAY, ACK_FRAMES } from "./constants";

export class Acks {
  #applied = 0;
  #unacked = 0;
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (seq: number) => void) {}

  /** The last frame that was applied; 0 is none. */
  get applied(): number {
    return this.#applied;
  }

  frameApplied(seq: number, size: number): void {
    this.#applied = seq;
    this.#unacked += 1;
    this.#bytes += size;
    if (this.#unacked >= ACK_FRAMES || this.#bytes >= ACK_BYTES) return this.send(this.take());
    this.#timer ??= setTimeout(() => this.send(this.take()), ACK_DELAY);
  }

  /** What an event carries in place of an ack of its own. */
  take(): number {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unacked = 0;
    this.#bytes = 0;
    return this.#applied;
  }

  /** A new numbering begins, of which `seq` was the last. */
  restart(seq: number): void {
    this.take();
    this.#applied = seq;
  }
}
