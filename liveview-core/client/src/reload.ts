// Reloading the page when its view cannot join: after a random wait, so that a restarted server is not hit by every page
// at once, and after many reloads in a row only every 30 s. Counted per path; a successful join forgets the count.

import { FAILSAFE_JITTER, MAX_RELOADS, RELOAD_JITTER_MAX, RELOAD_JITTER_MIN, STORAGE_RELOADS } from "./constants";
import { log } from "./log";
import { load, save } from "./storage";

export interface ReloadOptions {
  readonly reloadJitterMin?: number;
  readonly reloadJitterMax?: number;
  readonly maxReloads?: number;
  readonly failsafeJitter?: number;
}

export class Reloader {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastSubmit: Event | undefined;

  constructor(
    private readonly options: ReloadOptions,
    private readonly reload: () => void = () => window.location.reload(),
  ) {
    window.addEventListener("submit", (event) => (this.#lastSubmit = event));
  }

  /**
   * Reloads the page later. With `atOnce`, the first reload in a row does not wait: for a page whose token the server no
   * longer takes, waiting would change nothing. It waits all the same when the browser posts a form: that has an answer, such
   * as the page of whoever logs out, and a reload would take its place.
   */
  schedule(view: string, atOnce = false): void {
    const { maxReloads = MAX_RELOADS, failsafeJitter = FAILSAFE_JITTER } = this.options;
    const tries = Number(load("localStorage", key()) ?? 0) + 1;
    save("localStorage", key(), String(tries));
    const failsafe = tries >= maxReloads;
    const isFree = this.#lastSubmit?.defaultPrevented !== false;
    const wait = failsafe ? failsafeJitter : atOnce && isFree && tries === 1 ? 0 : this.#jitter();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      log(view, "join", `encountered ${tries} consecutive reloads`);
      if (failsafe) log(view, "join", `exceeded ${maxReloads} consecutive reloads. Entering failsafe mode`);
      this.reload();
    }, wait);
  }

  /** The view has joined: no reload is needed, and the next one counts as the first. */
  forget(): void {
    this.cancel();
    save("localStorage", key(), null);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #jitter(): number {
    const { reloadJitterMin = RELOAD_JITTER_MIN, reloadJitterMax = RELOAD_JITTER_MAX } = this.options;
    return reloadJitterMin + Math.random() * (reloadJitterMax - reloadJitterMin);
  }
}

function key(): string {
  return STORAGE_RELOADS + window.location.pathname;
}
