// `phx-focus`, `phx-blur` and their window forms. Leaving a control also sends what it debounced and shows what the
// server said about it meanwhile.

import { release } from "../controls";
import { isElement } from "../dom";
import { isSilent } from "../focus";
import { execute } from "../js_commands";
import { flush } from "../pace";
import type { EventType } from "../protocol";
import { WindowObserver, type Owner } from "./binding";

export class FocusBinding extends WindowObserver {
  constructor(private readonly owner: Owner) {
    super({
      focusin: (event: FocusEvent) => this.#element(event, "focus"),
      focusout: (event: FocusEvent) => this.#left(event),
      focus: (event: FocusEvent) => this.#window(event, "window-focus"),
      blur: (event: FocusEvent) => this.#window(event, "window-blur"),
    });
  }

  #left(event: FocusEvent): void {
    if (isSilent()) return;
    const { target } = event;
    this.#element(event, "blur");
    if (!isElement(target)) return;
    flush(target);
    // During the event the control still counts as focused in some browsers.
    queueMicrotask(() => release(target));
  }

  /** Only the element itself: focus that moves inside of it is not its own. */
  #element(event: FocusEvent, type: "focus" | "blur"): void {
    const { target } = event;
    if (isSilent() || !isElement(target)) return;
    const encoded = target.getAttribute(`phx-${type}`);
    if (encoded !== null) this.#send(target, type, encoded);
  }

  #window(event: FocusEvent, type: "window-focus" | "window-blur"): void {
    if (event.target !== window) return;
    for (const el of document.querySelectorAll(`[phx-${type}]`)) this.#send(el, type, el.getAttribute(`phx-${type}`) ?? "");
  }

  #send(el: Element, type: EventType, encoded: string): void {
    const view = this.owner.viewOf(el);
    if (view) execute(view, el, type, encoded);
  }
}
