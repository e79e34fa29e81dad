// `phx-change` and `phx-submit`. A form's state is sent as urlencoded text; see `form_data.ts`.

import { isControl, isOwned, noteSent, shownValue, sync, type Control } from "../controls";
import { isBox, isButton, isElement, isForm, isSelect } from "../dom";
import { silently } from "../focus";
import { encodeControl, encodeForm, markFormUsed, markUsed, resetUsed, type Field } from "../form_data";
import { carryOut, phxValues, pushCommand, type PushCommand } from "../js_commands";
import { isLoading, type Mark } from "../loading";
import { noteSubmitter, TRIGGER } from "../native_submit";
import { cancel, flushOthers, pace } from "../pace";
import type { Failure } from "../channel";
import type { Reply } from "../protocol";
import { noteMissed } from "../recovery";
import type { View } from "../view";
import { WindowObserver, type Owner } from "./binding";

export class FormBinding extends WindowObserver {
  /** What a control showed at its last `input`: a `change` with the same value tells nothing new. */
  readonly #inputs = new WeakMap<Element, string>();
  /** Controls in which somebody composes a character. */
  readonly #composing = new WeakSet<Element>();

  constructor(
    private readonly owner: Owner,
    private readonly blockWhileComposing = false,
  ) {
    super({
      input: (event: Event) => this.#changed(event),
      change: (event: Event) => this.#changed(event),
      submit: (event: SubmitEvent) => this.#submitted(event),
      reset: (event: Event) => isForm(event.target) && wasReset(event.target),
    });
  }

  #changed(event: Event): void {
    const input = event.target as Field;
    if (!isElement(input) || !("form" in input)) return;
    const own = input.getAttribute("phx-change");
    const encoded = own ?? input.form?.getAttribute("phx-change");
    const view = this.owner.viewOf(input.form ?? input);
    if (encoded === null || encoded === undefined || !view || this.#isHeldBack(event, input)) return;
    if ((input as unknown as HTMLInputElement).validity?.badInput || this.#isRepeated(event, input)) return;
    const form = own === null ? input.form : null;
    flushOthers(input.form, input);
    pace(input, "change", () => {
      if (this.owner.viewOf(form ?? input) === view) sendChange(view, input, form, encoded);
    });
  }

  /** Half a character is no change, where the page asked for that: it is one when it is whole. */
  #isHeldBack(event: Event, input: Element): boolean {
    if (!this.blockWhileComposing || !(event as InputEvent).isComposing) return false;
    if (this.#composing.has(input)) return true;
    this.#composing.add(input);
    const composed = () => {
      this.#composing.delete(input);
      input.dispatchEvent(new Event(event.type, { bubbles: true }));
    };
    input.addEventListener("compositionend", composed, { once: true });
    return true;
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
    if (encoded === null) return;
    // The browser never posts it, nor that of a page which is left: it would load another one.
    event.preventDefault();
    const view = this.owner.viewOf(form);
    if (!view || isLoading(form, "submit")) return;
    cancel(form);
    markFormUsed(form);
    noteSubmitter(form, event.submitter);
    carryOut(view, form, encoded, (command) => sendSubmit(view, form, event.submitter, command));
  }
}

/** The browser resets the controls after the event. Then they show what the server says, and the reset button has changed them. */
function wasReset(form: HTMLFormElement): void {
  resetUsed(form);
  const resets = [...form.elements].filter((el) => (el as Field).type === "reset");
  const button = resets.find((el) => el === document.activeElement) ?? resets[0];
  setTimeout(() => {
    controlsOf(form).forEach((control) => sync(control));
    button?.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function sendChange(view: View, input: Field, form: HTMLFormElement | null, encoded: string): void {
  markUsed(input);
  for (const el of form ? form.elements : [input]) if (isControl(el)) noteSent(el);
  const missed = () => noteMissed(form ?? input, () => sendChange(view, input, form, encoded));
  const answered = (reply: Reply | Failure) => (typeof reply === "string" ? missed() : changeAnswered(input, reply));
  carryOut(view, input, encoded, (command) => {
    const value = changeValue(input, form, command);
    const marks = [input, ...(input.form ? [input.form] : [])].map((el) => ({ el, lock: true, shown: true }));
    const sent = pushCommand(view, input, { type: "form", kind: "change", value, answered }, command, marks);
    if (!sent) missed();
    return sent;
  });
}

/** A box of a list (`rows_sort[]`) adds or removes something: once that is done, it shows again what the server says. */
function changeAnswered(input: Field, { patch }: Reply): void {
  if (patch && isBox(input) && input.type === "checkbox" && input.name.endsWith("[]") && !isOwned(input)) sync(input, true);
}

function changeValue(input: Field, form: HTMLFormElement | null, command: PushCommand): string {
  const extra = { ...phxValues(form ?? input), ...command.value };
  const options = { extra, target: input.name, submitter: input };
  if (form) return encodeForm(form, options);
  return input.form ? encodeForm(input.form, { ...options, only: input.name }) : encodeControl(input, options);
}

function sendSubmit(view: View, form: HTMLFormElement, submitter: HTMLElement | null, command: PushCommand): boolean {
  const value = encodeForm(form, { submitter, extra: { ...phxValues(form), ...command.value } });
  for (const el of form.elements) if (isControl(el)) noteSent(el);
  const marks = submitMarks(form, submitter);
  // Without the focus the answer may overwrite the control: a form that clears itself clears all of it.
  const refocus = blurInside(form);
  const answered = (reply: Reply | Failure) => {
    // A form that the browser is about to post goes with what was typed.
    if (typeof reply !== "string" && !form.hasAttribute(TRIGGER)) controlsOf(form).forEach(showAnswered);
    refocus();
  };
  const sent = pushCommand(view, form, { type: "form", kind: "submit", value, answered }, command, marks);
  if (!sent) refocus();
  return sent;
}

/** A password that was sent does not stay in the page, unless the server gives one. */
function showAnswered(control: Control): void {
  sync(control, control.type === "password");
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
