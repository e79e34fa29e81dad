// `phx-keydown`, `phx-keyup` and their window forms, filtered by `phx-key`. A binding on the element, or on one around
// it, takes the place of those on the window. With `phx-repeat` a held key repeats at the client's own pace.

import { isEditable } from "../controls";
import { execute } from "../js_commands";
import { pace } from "../pace";
import { boundElement, modifiers, WindowObserver, type Owner } from "./binding";
import { Repeater, repeatPeriod } from "./repeater";

type KeyType = "keydown" | "keyup";

export class KeyBinding extends WindowObserver {
  readonly #held = new Map<string, Repeater>();

  constructor(private readonly owner: Owner) {
    super({
      keydown: (event: KeyboardEvent) => this.#pressed(event, "keydown"),
      keyup: (event: KeyboardEvent) => this.#pressed(event, "keyup"),
      blur: (event: FocusEvent) => event.target === window && this.#releaseAll(),
    });
  }

  override stop(): void {
    super.stop();
    this.#releaseAll();
  }

  #pressed(event: KeyboardEvent, type: KeyType): void {
    // A browser that fills in a form sends key events that have no key.
    if (type === "keyup" && event.key) this.#release(event.key);
    for (const { el, encoded } of bindings(event, type)) {
      if (!matches(el, event.key)) continue;
      if (type === "keydown" && event.key && el.hasAttribute("phx-repeat")) this.#hold(el, encoded, event);
      else pace(el, event.key ?? "", () => this.#send(el, encoded, type, event));
    }
  }

  #hold(el: Element, encoded: string, event: KeyboardEvent): void {
    // The page must not scroll while an arrow key drives something.
    if (event.key.startsWith("Arrow") && !isEditable(event.target)) event.preventDefault();
    if (event.repeat || this.#held.has(event.key)) return;
    const send = (answered: () => void) => el.isConnected && this.#send(el, encoded, "keydown", event, answered);
    const repeater = new Repeater(repeatPeriod(el), send, () => this.#held.delete(event.key));
    this.#held.set(event.key, repeater);
    repeater.start();
  }

  #release(key: string): void {
    this.#held.get(key)?.stop();
  }

  #releaseAll(): void {
    for (const repeater of [...this.#held.values()]) repeater.stop();
  }

  #send(el: Element, encoded: string, type: KeyType, event: KeyboardEvent, answered?: () => void): boolean {
    const view = this.owner.viewOf(el);
    if (!view) return false;
    const { key, code, repeat } = event;
    const meta = () => ({ code, repeat, ...modifiers(event) });
    return execute(view, el, type, encoded, { value: { key }, meta, answered });
  }
}

function bindings(event: KeyboardEvent, type: KeyType): { el: Element; encoded: string }[] {
  const own = boundElement(event, `phx-${type}`);
  if (own) return [own];
  const name = `phx-window-${type}`;
  return [...document.querySelectorAll(`[${name}]`)].map((el) => ({ el, encoded: el.getAttribute(name) ?? "" }));
}

function matches(el: Element, key: string | undefined): boolean {
  const wanted = el.getAttribute("phx-key");
  return wanted === null || wanted.toLowerCase() === key?.toLowerCase();
}
