// The views inside of a view's page: which they are, and when they come, join and go. Each is a `View` of its own; the one
// around it says when they may join, for the server knows them by it.

import { SESSION, STICKY } from "./constants";
import { idOf } from "./dom";
import { log } from "./log";
import { elementsOf } from "./teleported";
import type { View } from "./view";

export class NestedViews {
  readonly #views = new Map<Element, View>();
  /** Containers whose view could not be mounted. They stay empty until the view around them joins again. */
  #givenUp = new WeakSet<Element>();

  constructor(
    private readonly outer: Element,
    private readonly make: (el: HTMLElement) => View,
  ) {}

  /** After the page has changed: lets go of the views that have left it. If some may have come, they join. */
  tend(mayHaveCome: boolean): void {
    for (const [el, view] of this.#views) if (!el.isConnected) this.#remove(view);
    if (!mayHaveCome) return;
    for (const el of elementsOf(this.outer, `[${SESSION}]`)) {
      if (this.#views.has(el) || this.#givenUp.has(el) || el.getAttribute(SESSION) === "") continue;
      const view = this.make(el);
      this.#views.set(el, view);
      view.join();
    }
  }

  /** After the view around them has joined: they join, again or for the first time. */
  join(): void {
    const present = [...this.#views.values()];
    this.#givenUp = new WeakSet();
    this.tend(true);
    for (const view of present) if (this.#views.has(view.el) && !view.isConnected()) view.joinAgain();
  }

  /** Whether one of them is still about to join. */
  arePending(): boolean {
    return [...this.#views.values()].some((view) => view.isPending());
  }

  /** The view around them has lost its join, and they theirs with it. */
  suspend(): void {
    for (const view of this.#views.values()) view.suspend();
  }

  giveUp(view: View): void {
    this.#givenUp.add(view.el);
    this.#remove(view);
  }

  #remove(view: View): void {
    if (!this.#views.delete(view.el)) return;
    for (const sticky of view.depart()) sticky.depart();
    log(view.id, "destroyed", "the child has been removed from the parent");
  }

  /** The view around them goes for good; its sticky views, which are given back, stay for the next one. */
  depart(): View[] {
    const views = [...this.#views.values()];
    this.#views.clear();
    return views.flatMap((view) => (view.el.hasAttribute(STICKY) ? [view] : view.depart()));
  }

  /** A view that comes from the page before takes its place. The element that was there, if it has one. */
  take(view: View): Element | undefined {
    const place = elementsOf(this.outer, `[${STICKY}]`).find((el) => idOf(el) === view.id && el !== view.el);
    if (place) this.#views.set(view.el, view);
    return place;
  }
}
