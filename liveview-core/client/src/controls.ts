// Form controls. The attribute is the server's layer and the property is what the person sees. A control that the person
// is typing in, or whose change is still unanswered, keeps its property: the server's edit is held until it is let go.

import { REF_LOCK } from "./constants";
import { chosenValues, isBox, isInput, isSelect, isTextArea, writeAttribute } from "./dom";
import { focusHolder } from "./focus";

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Inputs that hold no typed text: being focused is no reason to keep the server's value away. */
const UNTYPED = /^(button|submit|reset|image|checkbox|radio|file|hidden)$/;

/** The server's value of what has no attribute for it: text areas and selects. */
const serverValues = new WeakMap<Element, string | null>();
/** Boxes that the server edits: for them a missing attribute means "unchecked". */
const serverChecked = new WeakSet<Element>();
/** Controls with a held edit, and what the server said before it. */
const held = new WeakMap<Element, string>();
const sent = new WeakMap<Element, string>();
/** What the server said meanwhile of the value of a custom element that has the focus. */
const heldPlain = new WeakMap<Element, string | null>();
let touchedSelects = new Set<HTMLSelectElement>();
const touchedRadios = new Set<HTMLInputElement>();

export function isControl(node: unknown): node is Control {
  return isInput(node) || isTextArea(node) || isSelect(node);
}

export function isEditable(node: unknown): node is Control {
  return isControl(node) && !UNTYPED.test(node.type);
}

/** Whether what the control shows is the person's for now. */
export function isOwned(el: Element): boolean {
  if (el.hasAttribute(REF_LOCK)) return true;
  return isEditable(el) && (isTypingIn(el) || el.validity?.badInput === true);
}

function isTypingIn(el: Element): boolean {
  return el === focusHolder() && !el.hasAttribute("phx-patch-focused");
}

/** What the control shows, as one text. */
export function shownValue(el: Control): string {
  if (isBox(el)) return String(el.checked);
  if (isSelect(el) && el.multiple) return JSON.stringify(chosenValues(el));
  return el.value;
}

/** Remembers that the server is being told what the control shows. */
export function noteSent(el: Control): void {
  sent.set(el, shownValue(el));
}

/** The server's edit of `value`. */
export function setValue(el: Element, value: string | null): void {
  if (!isControl(el)) return plainValue(el, value);
  edit(el, () => {
    if (isInput(el)) writeAttribute(el, "value", value);
    else serverValues.set(el, value);
  });
}

/** The server's edit of `checked`. */
export function setChecked(el: Element, on: boolean): void {
  if (!isInput(el)) return void el.toggleAttribute("checked", on);
  serverChecked.add(el);
  touchedRadios.add(el);
  edit(el, () => el.toggleAttribute("checked", on));
}

/** The server's edit of an option's `selected`. */
export function setSelected(el: Element, on: boolean): void {
  const select = el.closest("select");
  if (!select || !isOwned(select)) {
    el.toggleAttribute("selected", on);
    if (el instanceof HTMLOptionElement) el.selected = on;
    return;
  }
  // The attribute alone would move the choice of a select that nobody has changed yet.
  const chosen = [...select.options].map((option) => option.selected);
  edit(select, () => el.toggleAttribute("selected", on));
  chosen.forEach((selected, i) => {
    const option = select.options[i];
    if (option && option.selected !== selected) option.selected = selected;
  });
}

/** Carries out a server's edit of the text inside of a text area, or of the options of a select. */
export function editContent(parent: Node | null, write: () => void): void {
  const el = parent instanceof HTMLOptGroupElement ? parent.parentNode : parent;
  if (isTextArea(el) && !serverValues.has(el)) return edit(el, write);
  write();
  if (isSelect(el) && serverValues.has(el)) touchedSelects.add(el);
}

/** Sets the selects that this patch touched: only now all of their options are there. */
export function settleSelects(): void {
  const selects = touchedSelects;
  touchedSelects = new Set();
  touchedRadios.clear();
  for (const select of selects) if (!isOwned(select)) sync(select);
}

/**
 * Carries out a patch that gives controls other names. On its way it may put two chosen radio buttons into one group, where the
 * browser gives up one of them: that is chosen again.
 */
export function keepingChoices(work: () => void): void {
  const chosen = document.querySelectorAll<HTMLInputElement>("input[type=radio]:checked");
  work();
  for (const el of chosen) if (isOwned(el) || !touchedRadios.has(el)) el.checked = true;
  for (const el of touchedRadios) if (!isOwned(el)) sync(el);
}

/** Shows a held edit, if the person has let go and the server knows what they left there. */
export function release(el: Element): void {
  const plain = heldPlain.get(el);
  if (plain !== undefined && !isTypingIn(el)) plainValue(el, plain);
  const before = held.get(el);
  if (before === undefined || !isControl(el) || isOwned(el)) return;
  const shown = shownValue(el);
  if (shown !== before && shown !== sent.get(el)) return;
  held.delete(el);
  sync(el);
}

/** Shows what the server says, where it says something. With `strict` also where it says nothing: empty, unchecked. */
export function sync(el: Control, strict = false): void {
  if (isSelect(el)) return syncSelect(el, strict);
  if (isBox(el)) {
    if (strict || serverChecked.has(el) || el.hasAttribute("checked")) el.checked = el.hasAttribute("checked");
  } else if (el.type !== "file") {
    const value = serverValue(el);
    if (value !== null || strict) show(el, value ?? "");
  }
}

/** The value that the server gave, or `null` if it gave none. */
export function serverValue(el: Control): string | null {
  const stored = serverValues.get(el);
  if (stored !== undefined) return stored;
  if (isTextArea(el)) return el.defaultValue;
  if (isBox(el)) return String(el.hasAttribute("checked"));
  if (isInput(el)) return el.getAttribute("value");
  const values = [...el.options].filter((option) => option.defaultSelected).map((option) => option.value);
  return el.multiple ? JSON.stringify(values) : values.at(-1) ?? el.options[0]?.value ?? "";
}

/** Gives `live` the server's layer of `fresh`, which is the same control in a newer render. */
export function takeServerLayer(live: Element, fresh: Element): void {
  const value = serverValues.get(fresh);
  if (value === undefined) serverValues.delete(live);
  else serverValues.set(live, value);
  if (serverChecked.has(fresh)) serverChecked.add(live);
}

/** Before an edit of the server's layer: what the control shows stays until the person lets go. */
export function hold(el: Control): void {
  if (!held.has(el)) held.set(el, serverValue(el) ?? "");
  // A control that nobody has typed in would follow its attribute: from now on it does not. One with bad input would
  // lose it, since its value is empty.
  if (isEditable(el) && !isSelect(el) && el.value === el.defaultValue && !el.validity?.badInput) el.value = el.value;
}

function edit(el: Control, write: () => unknown): void {
  if (isOwned(el)) {
    hold(el);
    write();
    return;
  }
  held.delete(el);
  write();
  if (isSelect(el)) touchedSelects.add(el);
  else sync(el, true);
}

function syncSelect(el: HTMLSelectElement, strict: boolean): void {
  const value = serverValues.get(el);
  const options = [...el.options];
  if (typeof value === "string") el.value = value;
  else if (!strict && !options.some((option) => option.defaultSelected)) return;
  else for (const option of options) option.selected = option.defaultSelected;
  if (!el.multiple && el.selectedIndex < 0 && options.length > 0) el.selectedIndex = 0;
}

/** Assigning an equal value would still move the caret in some browsers. */
function show(el: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  if (el.value !== value) el.value = value;
}

function plainValue(el: Element, value: string | null): void {
  const custom = el.localName.includes("-") && "value" in el;
  if (custom && isTypingIn(el)) return void heldPlain.set(el, value);
  heldPlain.delete(el);
  writeAttribute(el, "value", value);
  // A custom element's own property, if it has one.
  if (custom) (el as { value: unknown }).value = value ?? "";
}
