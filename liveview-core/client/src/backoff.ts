// A table of waits: each attempt waits longer, up to the table's last entry.

export class Backoff {
  #tries = 0;

  constructor(private readonly table: readonly number[]) {}

  /** Milliseconds before the next attempt. */
  next(): number {
    const wait = this.table[Math.min(this.#tries, this.table.length - 1)] ?? 0;
    this.#tries += 1;
    return wait;
  }

  reset(): void {
    this.#tries = 0;
  }
}
