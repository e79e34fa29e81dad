// What kind of node something is. Short names for tests that nearly every file makes.

export function isElement(node: unknown): node is Element {
  return node instanceof Element;
}

export function isInput(node: unknown): node is HTMLInputElement {
  return node instanceof HTMLInputElement;
}

export function isTextArea(node: unknown): node is HTMLTextAreaElement {
  return node instanceof HTMLTextAreaElement;
}

export function isSelect(node: unknown): node is HTMLSelectElement {
  return node instanceof HTMLSelectElement;
}

export function isButton(node: unknown): node is HTMLButtonElement {
  return node instanceof HTMLButtonElement;
}

export function isForm(node: unknown): node is HTMLFormElement {
  return node instanceof HTMLFormElement;
}

export function isTemplate(node: unknown): node is HTMLTemplateElement {
  return node instanceof HTMLTemplateElement;
}

/** A checkbox or a radio button. */
export function isBox(node: unknown): node is HTMLInputElement {
  return isInput(node) && (node.type === "checkbox" || node.type === "radio");
}

/** The attribute: a form's property may be a control that is called "id". */
export function idOf(el: Element): string {
  return el.getAttribute("id") ?? "";
}

/** What the person has chosen in a select. */
export function chosenValues(select: HTMLSelectElement): string[] {
  return [...select.selectedOptions].map((option) => option.value);
}

/** Sets an attribute, or removes it when `value` is `null`. */
export function writeAttribute(el: Element, name: string, value: string | null): void {
  if (value === null) el.removeAttribute(name);
  else el.setAttribute(name, value);
}
