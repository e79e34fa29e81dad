// `phx-change` and `phx-submit`. A form's state is sent as urlencoded text; see `form_data.ts`.

import { isControl, noteSent, shownValue, sync, type Control } from "../controls";
import { isButton, isElement, isForm, isSelect } from "../dom";
import { silently } from "../focus";
import { encodeControl, encodeForm, markFormUsed, markUsed, resetUsed, type Field } from "../form_data";
import { commands, phxValues, pushCommand, type PushCommand } from "../js_commands";
import { isLoading, type Mark } from "../loading";
import { cancel, flushOthers, pace } from "../pace";
import type { View } from "../view";
import { WindowObserver, type Owner } from "./binding";

export class FormBinding extends WindowObserver {
  /** What a control showed at its last `input`: a `change` with the same value tells nothing new. */
  readonly #inputs = new WeakMap<Element, string>();

  constructor(private readonly owner: Owner) {
    super({
      input: (event: Event) => this.#changed(event),
      change: (event: Event) => this.#changed(event),
      submit: (event: SubmitEvent) => this.#submitted(event),
      reset: (event: Event) => isForm(event.target) && resetUsed(event.target),
    });
  }

  #changed(event: Event): void {
    const input = event.target as Field;
    if (!isElement(input) || !("form" in input)) return;
    const own = input.getAttribute("phx-change");
    const encoded = own ?? input.form?.getAttribute("phx-change");
    const view = this.owner.viewOf(input.form ?? input);
    if (encoded === null || encoded === undefined || !view) return;
    if ((input as unknown as HTMLInputElement).validity?.badInput || this.#isRepeated(event, input)) return;
    const form = own === null ? input.form : null;
    flushOthers(input.form, input);
    pace(input, "change", () => {
      if (this.owner.viewOf(form ?? input) === view) sendChange(view, input, form, encoded);
    });
  }

  #isRepeated(event: Event, input: Field): boolean {
    if (!isControl(input)) return false;
    const shown = shownValue(input);
    if (event.type === "input") this.#inputs.set(input, shown);
    else if (this.#inputs.get(input) === shown) return this.#inputs.delete(input);
    return false;
  }

  #submitted(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    const encoded = form.getAttribute("phx-submit");
    const view = this.owner.viewOf(form);
    if (encoded === null || !view) return;
    event.preventDefault();
    if (isLoading(form, "submit")) return;
    cancel(form);
    markFormUsed(form);
    for (const command of commands(encoded)) sendSubmit(view, form, event.submitter, command);
  }
}

function sendChange(view: View, input: Field, form: HTMLFormElement | null, encoded: string): void {
  markUsed(input);
  for (const el of form ? form.elements : [input]) if (isControl(el)) noteSent(el);
  for (const command of commands(encoded)) {
    const value = changeValue(input, form, command);
    const marks = [input, ...(input.form ? [input.form] : [])].map((el) => ({ el, lock: true, shown: true }));
    pushCommand(view, input, { type: "form", kind: "change", value }, command, marks);
  }
}

function changeValue(input: Field, form: HTMLFormElement | null, command: PushCommand): string {
  const extra = { ...phxValues(form ?? input), ...command.value };
  const options = { extra, target: input.name, submitter: input };
  if (form) return encodeForm(form, options);
  return input.form ? encodeForm(input.form, { ...options, only: input.name }) : encodeControl(input, options);
}

function sendSubmit(view: View, form: HTMLFormElement, submitter: HTMLElement | null, command: PushCommand): void {
  const value = encodeForm(form, { submitter, extra: { ...phxValues(form), ...command.value } });
  for (const el of form.elements) if (isControl(el)) noteSent(el);
  const marks = submitMarks(form, submitter);
  // Without the focus the answer may overwrite the control: a form that clears itself clears all of it.
  const refocus = blurInside(form);
  const answered = (reply: unknown) => {
    if (typeof reply !== "string") controlsOf(form).forEach((control) => sync(control));
    refocus();
  };
  if (!pushCommand(view, form, { type: "form", kind: "submit", value, answered }, command, marks)) refocus();
}

/** Controls first, the form last: it is marked only when everything in it is. */
function submitMarks(form: HTMLFormElement, submitter: HTMLElement | null): Mark[] {
  const marks: Mark[] = [];
  for (const el of form.elements) {
    const button = isButton(el);
    const shown = el === submitter || (submitter === null && el.hasAttribute("phx-disable-with"));
    if (!button && !isControl(el)) continue;
    const disable = button || (el as Control).type === "file" || (el as Control).type === "submit";
    marks.push({ el, lock: true, shown, disable, readonly: !button && !disable && !isSelect(el) });
  }
  return [...marks, { el: form, lock: false, shown: true }];
}

function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(isControl);
}

/** Takes the focus away from a control of the form; the returned function gives it back, unless somebody else has it. */
function blurInside(form: HTMLFormElement): () => void {
  const focused = document.activeElement;
  if (!isControl(focused) || focused.form !== form) return () => undefined;
  silently(() => focused.blur());
  return () => {
    if (focused.isConnected && document.activeElement === document.body) silently(() => focused.focus({ preventScroll: true }));
  };
}
