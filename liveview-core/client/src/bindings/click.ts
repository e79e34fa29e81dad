// `phx-click`. An element whose click is unanswered ignores further ones; a click that the browser means for a link
// (new tab, download) is left to the browser.

import { execute } from "../js_commands";
import { isLoading } from "../loading";
import { pace } from "../pace";
import type { Json } from "../protocol";
import { boundElement, modifiers, WindowObserver, type Owner } from "./binding";

export class ClickBinding extends WindowObserver {
  constructor(private readonly owner: Owner) {
    super({ click: (event: MouseEvent) => this.#clicked(event) });
  }

  #clicked(event: MouseEvent): void {
    const bound = boundElement(event, "phx-click");
    if (!bound || bound.el.hasAttribute("disabled")) return;
    const { el, encoded } = bound;
    if (opensElsewhere(el, event)) return;
    if (el.getAttribute("href") === "#") event.preventDefault();
    const view = this.owner.viewOf(el);
    if (!view) return;
    pace(el, "click", () => {
      if (isLoading(el, "click") || this.owner.viewOf(el) !== view) return;
      execute(view, el, "click", encoded, { meta: () => clickMeta(el, event) });
    });
  }
}

function opensElsewhere(el: Element, event: MouseEvent): boolean {
  return el instanceof HTMLAnchorElement && el.href !== "" && (event.ctrlKey || event.metaKey || event.shiftKey);
}

/** Where in the element, in CSS pixels from its top left corner, and how. */
function clickMeta(el: Element, event: MouseEvent): Json {
  const { left, top, width, height } = el.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top, width, height, detail: event.detail, ...modifiers(event) };
}
