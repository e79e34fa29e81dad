// A view that is joined before its link is clicked. There is one at most, and it goes after a while if nobody wants it.

import { Arrival } from "./arrival";
import { PREFETCH_KEPT } from "./constants";
import type { NavigatedPage } from "./navigation";
import type { View } from "./view";

export interface Guest {
  readonly view: View;
  readonly arrival: Arrival;
}

export class Prefetch {
  #guest: Guest | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly page: NavigatedPage) {}

  begin(href: string, referer: string): void {
    const { main } = this.page;
    if (!main?.isConnected() || this.#guest?.arrival.href === href || href === referer) return;
    this.drop();
    const arrival = new Arrival(href, main.token, referer);
    const guest = { arrival, view: this.page.arrive(arrival) };
    this.#guest = guest;
    this.#timer = setTimeout(() => this.drop(), PREFETCH_KEPT);
    // A click finds out for itself why it is refused.
    arrival.whenSettled((outcome) => {
      if (outcome !== "here" && this.#guest === guest) this.drop();
    });
  }

  /** The view of this URL, if it is here or on its way. It is the taker's from now on. */
  take(href: string): Guest | undefined {
    if (this.#guest?.arrival.href !== href) return undefined;
    const guest = this.#guest;
    this.#guest = undefined;
    clearTimeout(this.#timer);
    if (guest.arrival.isSettled && !guest.view.isConnected()) {
      // It has crashed since.
      this.page.dismiss(guest.view);
      return undefined;
    }
    return guest;
  }

  drop(): void {
    clearTimeout(this.#timer);
    if (this.#guest) this.page.dismiss(this.#guest.view);
    this.#guest = undefined;
  }
}
