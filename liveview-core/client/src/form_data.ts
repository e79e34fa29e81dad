// A form as urlencoded text, in DOM order, with a marker `_unused_<name>=` before each value of a name that nobody has
// touched yet, so that the server shows no error for a field that the person has not come to. Files are left out.

import { chosenValues, idOf, isBox, isButton, isInput, isSelect } from "./dom";

const BUTTONS = /^(button|submit|image)$/;
const used = new WeakSet<Element>();

export type Field = HTMLElement & { readonly name: string; readonly type: string; readonly form: HTMLFormElement | null };

/** Whether somebody has touched the control, as far as the server was told. */
export function isUsed(el: Element): boolean {
  return used.has(el);
}

export function markUsed(el: Element): void {
  used.add(el);
}

export function markFormUsed(form: HTMLFormElement): void {
  for (const el of form.elements) used.add(el);
}

export function resetUsed(form: HTMLFormElement): void {
  for (const el of form.elements) used.delete(el);
}

export interface FormOptions {
  /** The button that submits, or the control that changed: sent with its value, at its place, also if it is a button. */
  readonly submitter?: Element | null;
  /** Only the entries of this name. */
  readonly only?: string;
  /** Further pairs, behind the form's own. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The name of the control that changed. */
  readonly target?: string;
}

export function encodeForm(form: HTMLFormElement, options: FormOptions = {}): string {
  const pairs = new URLSearchParams();
  const unused = unusedNames(form, options.submitter);
  for (const [name, value] of entries(form, options.submitter)) {
    if (typeof value !== "string" || (options.only !== undefined && name !== options.only)) continue;
    if (unused.has(name)) pairs.append(unusedKey(name), "");
    pairs.append(name, value);
  }
  return finish(pairs, options);
}

/** A control that belongs to no form, as the form it would make alone. */
export function encodeControl(el: Field, options: FormOptions = {}): string {
  const pairs = new URLSearchParams();
  for (const value of controlValues(el)) pairs.append(el.name, value);
  return finish(pairs, options);
}

/** `a[b][]` -> `a[_unused_b][]`. */
export function unusedKey(name: string): string {
  const array = name.endsWith("[]") ? "[]" : "";
  const base = array ? name.slice(0, -2) : name;
  const start = base.endsWith("]") ? base.lastIndexOf("[") + 1 : 0;
  return `${base.slice(0, start)}_unused_${base.slice(start)}${array}`;
}

function finish(pairs: URLSearchParams, { extra = {}, target }: FormOptions): string {
  for (const [name, value] of Object.entries(extra)) pairs.append(name, String(value));
  if (target !== undefined) pairs.append("_target", target);
  return pairs.toString();
}

/** Names that get a marker: none of their controls is used, and at least one can be seen. */
function unusedNames(form: HTMLFormElement, submitter: Element | null | undefined): Set<string> {
  const names = new Set<string>();
  if (form.hasAttribute("phx-no-unused-field")) return names;
  const fields = ([...form.elements] as Field[]).filter(({ name }) => name);
  for (const field of fields) if (field.type !== "hidden") names.add(field.name);
  for (const field of fields) {
    if (used.has(field) || field === submitter || field.hasAttribute("phx-no-unused-field")) names.delete(field.name);
  }
  return names;
}

/** A button takes part only if it is the submitter: a hidden input stands in for it while the form is read. */
function entries(form: HTMLFormElement, submitter: Element | null | undefined): [string, FormDataEntryValue][] {
  const input = document.createElement("input");
  if (isButton(submitter) || (isInput(submitter) && BUTTONS.test(submitter.type))) {
    input.type = "hidden";
    input.name = submitter.name;
    input.value = submitter.value;
    if (idOf(form)) input.setAttribute("form", idOf(form));
    submitter.before(input);
  }
  const all = [...new FormData(form)];
  input.remove();
  return all;
}

function controlValues(el: Field): string[] {
  if (isSelect(el)) return chosenValues(el);
  if (isBox(el) && !el.checked) return [];
  return isInput(el) && el.type === "file" ? [] : [(el as unknown as HTMLInputElement).value ?? ""];
}
