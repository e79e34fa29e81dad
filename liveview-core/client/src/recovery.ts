// What was typed into forms survives the loss of their view. A view that joins afresh has a new state, which knows nothing of it: before the
// new page is merged into the old one, each form tells the new view what is in it, as if it had changed just now. And changes
// that found no connection are sent once there is one again.

import { isControl, noteSent } from "./controls";
import { idOf } from "./dom";
import { encodeForm, type Field } from "./form_data";
import { phxValues, pushesOf, type PushCommand } from "./js_commands";
import type { EventPush } from "./protocol";
import { containerOf, descendants, elementsOf } from "./teleported";

/** A form of the page that is shown, and what to send for it. */
export interface Recoverable {
  readonly form: HTMLFormElement;
  readonly pushes: readonly EventPush[];
}

/**
 * The forms of the view in `live` whose state the view of the page `fresh` is to be told: those that have an id, the same `phx-change` in both
 * pages, and something to tell; without those that opted out, and those in `blocked`, by id.
 */
export function recoverable(live: Element, fresh: Element, blocked: ReadonlySet<string>): Recoverable[] {
  const found: Recoverable[] = [];
  const others = descendants(fresh, "form[phx-change]");
  for (const form of elementsOf(live, "form[phx-change]") as HTMLFormElement[]) {
    const id = idOf(form);
    const next = others.find((other) => idOf(other) === id);
    const pushes = !next || id === "" || blocked.has(id) ? [] : pushesFor(form, next);
    if (pushes.length > 0) found.push({ form, pushes });
  }
  return found;
}

function pushesFor(form: HTMLFormElement, next: Element): EventPush[] {
  const encoded = next.getAttribute("phx-auto-recover");
  const change = next.getAttribute("phx-change");
  if (encoded === "ignore" || change === null || change !== form.getAttribute("phx-change")) return [];
  const named = ([...form.elements] as Field[]).filter(
    (el) => isControl(el) && el.name && !el.matches(":disabled") && !el.hasAttribute("phx-change"),
  );
  const first = named.find(({ type }) => type !== "hidden") ?? named[0];
  if (!first) return [];
  // What an upload was known by is not known to the new view.
  for (const el of named) if (el.hasAttribute("data-phx-upload-ref")) (el as unknown as HTMLInputElement).value = "";
  return pushesOf(encoded ?? change).map((command) => pushFor(form, next, first, command));
}

function pushFor(form: HTMLFormElement, next: Element, { name }: Field, { event, args, value: given }: PushCommand): EventPush {
  for (const el of form.elements) if (isControl(el)) noteSent(el);
  const value = encodeForm(form, { extra: { ...phxValues(next), ...given }, target: name });
  return { type: "form", event, args, value };
}

/** The recovery of one join: sends everything, and is done when everything is answered. */
export class Recovery {
  readonly forms: ReadonlySet<HTMLFormElement>;
  /** The forms that wait for answers, in the order in which these come. */
  readonly #waiting: HTMLFormElement[] = [];

  constructor(
    found: readonly Recoverable[],
    private readonly done: () => void,
  ) {
    this.forms = new Set(found.map(({ form }) => form));
    for (const { form, pushes } of found) for (const _ of pushes) this.#waiting.push(form);
  }

  answered(): void {
    this.#waiting.shift();
    if (this.#waiting.length === 0) this.done();
  }

  /** The form whose event the view was handling. */
  get current(): HTMLFormElement | undefined {
    return this.#waiting[0];
  }
}

/** Changes that no view was told of, by form, or by control where it belongs to no form or is sent alone. */
const missed = new Map<Element, () => void>();

export function noteMissed(el: Element, send: () => void): void {
  missed.set(el, send);
}

/** Forgets what was missed in the view of this container, and gives it back. */
export function takeMissed(container: Element): (() => void)[] {
  const sends: (() => void)[] = [];
  for (const [el, send] of [...missed]) {
    if (el.isConnected && containerOf(el) !== container) continue;
    missed.delete(el);
    if (el.isConnected) sends.push(send);
  }
  return sends;
}
