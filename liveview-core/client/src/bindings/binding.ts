// What all bindings share: they listen on the window, because nodes come and go, and find the view that an event's
// element belongs to. An observer's `start` and `stop` may be called any number of times.

import { isElement } from "../dom";
import type { View } from "../view";

export interface Owner {
  /** The view that the element is in. `undefined` for elements outside of views, and for those no longer in the page. */
  viewOf(el: Element): View | undefined;
}

export interface Observer {
  start(): void;
  stop(): void;
}

type Handlers = { readonly [name: string]: (event: never) => void };

/** Listens on the window while started. */
export class WindowObserver implements Observer {
  #listening: AbortController | undefined;

  constructor(private readonly handlers: Handlers) {}

  start(): void {
    if (this.#listening) return;
    this.#listening = new AbortController();
    for (const [name, handler] of Object.entries(this.handlers)) this.listenTo(name, handler);
  }

  stop(): void {
    this.#listening?.abort();
    this.#listening = undefined;
  }

  /** Adds a listener that goes with the others. Does nothing while stopped. */
  protected listenTo(name: string, handler: (event: never) => void, capture = false): void {
    const signal = this.#listening?.signal;
    if (signal) window.addEventListener(name, handler as (event: Event) => void, { capture, signal });
  }
}

/** The innermost element at or above the event's target that has the attribute, with its value. */
export function boundElement(event: Event, attribute: string): { el: HTMLElement; encoded: string } | undefined {
  const target = isElement(event.target) ? event.target : undefined;
  const el = target?.closest<HTMLElement>(`[${attribute}]`);
  return el ? { el, encoded: el.getAttribute(attribute) ?? "" } : undefined;
}

export function modifiers(event: MouseEvent | KeyboardEvent): { alt: boolean; ctrl: boolean; meta: boolean; shift: boolean } {
  return { alt: event.altKey, ctrl: event.ctrlKey, meta: event.metaKey, shift: event.shiftKey };
}
