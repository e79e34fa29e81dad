// `phx-hold` and `phx-release`: for machines that must stop when nobody holds the button. The hold is sent when it begins
// and again every `phx-repeat` milliseconds; the release is sent once, however the hold ends.

import { isSilent } from "../focus";
import { execute, pushCommand, pushesOf } from "../js_commands";
import type { View } from "../view";
import { boundElement, WindowObserver, type Owner } from "./binding";
import { Repeater, repeatPeriod } from "./repeater";

interface Hold {
  readonly el: HTMLElement;
  /** `pointer` or the key that is down. */
  readonly by: string;
  readonly repeater: Repeater;
}

export class HoldBinding extends WindowObserver {
  #hold: Hold | undefined;

  constructor(private readonly owner: Owner) {
    super({
      pointerdown: (event: PointerEvent) => this.#pointerDown(event),
      pointerup: () => this.#end("pointer"),
      pointercancel: () => this.#end("pointer"),
      keydown: (event: KeyboardEvent) => this.#keyDown(event),
      keyup: (event: KeyboardEvent) => this.#end(event.key),
      focusout: (event: FocusEvent) => !isSilent() && event.target === this.#hold?.el && this.#end(),
      blur: (event: FocusEvent) => event.target === window && this.#end(),
      visibilitychange: () => this.#end(),
      contextmenu: (event: Event) => this.#hold && event.preventDefault(),
    });
  }

  override stop(): void {
    super.stop();
    this.#end();
  }

  #pointerDown(event: PointerEvent): void {
    const bound = boundElement(event, "phx-hold");
    if (!bound || event.button !== 0) return;
    // The pointer's end belongs to the element also when it happens outside of it, or outside of the window.
    bound.el.setPointerCapture?.(event.pointerId);
    this.#begin(bound.el, "pointer");
  }

  #keyDown(event: KeyboardEvent): void {
    const bound = boundElement(event, "phx-hold");
    if (!bound || bound.el !== event.target || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    if (!event.repeat) this.#begin(bound.el, event.key);
  }

  #begin(el: HTMLElement, by: string): void {
    const view = this.owner.viewOf(el);
    if (!view || !isEnabled(el)) return;
    this.#end();
    // Read now: a release is due also when the element has left the page.
    const hold = el.getAttribute("phx-hold") ?? "";
    const release = el.getAttribute("phx-release");
    const send = (answered: () => void) => isEnabled(el) && execute(view, el, "hold", hold, { answered });
    const repeater = new Repeater(repeatPeriod(el), send, () => {
      this.#hold = undefined;
      if (release !== null) sendRelease(view, el, release);
    });
    this.#hold = { el, by, repeater };
    repeater.start();
  }

  #end(by?: string): void {
    if (by === undefined || this.#hold?.by === by) this.#hold?.repeater.stop();
  }
}

function isEnabled(el: Element): boolean {
  return el.isConnected && !el.hasAttribute("disabled");
}

function sendRelease(view: View, el: Element, encoded: string): void {
  if (el.isConnected) return void execute(view, el, "release", encoded);
  for (const command of pushesOf(encoded)) {
    pushCommand(view, el, { type: "release", kind: "release", value: command.value ?? {} }, command, []);
  }
}
