// `phx-trigger-action`: a form that the server has checked is handed over to the browser, which posts it to its `action` and
// leaves the page. For what a socket cannot do: set cookies, answer with a file.

import { idOf, isButton, isForm, isInput } from "./dom";
import { elementsOf } from "./teleported";

export const TRIGGER = "phx-trigger-action";

/** The button by which a form was submitted last. */
const submitters = new WeakMap<Element, HTMLElement>();

/** Forms that were posted and not submitted by a person since. */
const posted = new WeakSet<Element>();

export function noteSubmitter(form: HTMLFormElement, submitter: HTMLElement | null): void {
  posted.delete(form);
  if (submitter) submitters.set(form, submitter);
  else submitters.delete(form);
}

/** The first form of the view in `container` that asks to be posted and was not. */
export function takeTriggered(container: Element): HTMLFormElement | undefined {
  const form = elementsOf(container, `form[${TRIGGER}]`).find((form) => !posted.has(form));
  if (!isForm(form)) return undefined;
  posted.add(form);
  return form;
}

/** Posts the form as if its button had been pressed, without the events of that. */
export function submitNatively(form: HTMLFormElement): void {
  const submitter = submitters.get(form);
  if ((isButton(submitter) || isInput(submitter)) && submitter.name && submitter.form === form) {
    const { name, value } = submitter;
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    if (idOf(form)) input.setAttribute("form", idOf(form));
    submitter.before(input);
  }
  // A control called "submit" hides the form's own function.
  HTMLFormElement.prototype.submit.call(form);
}
