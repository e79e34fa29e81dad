// A DOM event as the JSON that dioxus-html 0.7's serialised event types read. Files never leave the page this way: a
// path that a client names is a path that a server would open.

import { chosenValues, isInput, isSelect, isTextArea } from "./dom";
import type { Json } from "./protocol";

const MODIFIERS = ["altKey", "ctrlKey", "metaKey", "shiftKey"];
const MOUSE = [
  ...MODIFIERS, "button", "buttons", "clientX", "clientY", "offsetX", "offsetY", "pageX", "pageY", "screenX", "screenY",
];
const POINTER = [
  "pointerId", "width", "height", "pressure", "tangentialPressure", "tiltX", "tiltY", "twist", "pointerType", "isPrimary",
];
const WHEEL = ["deltaMode", "deltaX", "deltaY", "deltaZ"];
const KEYBOARD = [...MODIFIERS, "charCode", "isComposing", "key", "keyCode", "code", "location", "repeat", "which"];
const TOUCH = ["identifier", "clientX", "clientY", "pageX", "pageY", "screenX", "screenY", "force", "radiusX", "radiusY", "rotationAngle"];
const SCROLL = ["scrollTop", "scrollLeft", "scrollWidth", "scrollHeight", "clientWidth", "clientHeight"];
const FORM_EVENTS = new Set(["input", "change", "submit", "reset", "invalid"]);

/** `el` is the element that the server listens on; the event may come from inside of it. */
export function serializeEvent(event: Event, el: Element): Json {
  const { type } = event;
  if (FORM_EVENTS.has(type)) return formEvent(event, el);
  if (type === "scroll" || type === "scrollend") return pick(event.target as object, SCROLL);
  if (type === "load" || type === "error") return { load_error: type === "error" };
  if (isA("DragEvent", event)) return dragEvent(event as DragEvent);
  if (isA("TouchEvent", event)) return touchEvent(event as TouchEvent);
  if (event instanceof KeyboardEvent) return pick(event, KEYBOARD);
  if (event instanceof MouseEvent) {
    return pick(event, [...MOUSE, ...(isA("PointerEvent", event) ? POINTER : []), ...(isA("WheelEvent", event) ? WHEEL : [])]);
  }
  return otherEvent(event);
}

function otherEvent(event: Event): Json {
  if (isA("AnimationEvent", event)) return pick(event, ["animationName", "pseudoElement", "elapsedTime"]);
  if (isA("TransitionEvent", event)) return pick(event, ["propertyName", "pseudoElement", "elapsedTime"]);
  if (isA("CompositionEvent", event)) return pick(event, ["data"]);
  return {};
}

/** Not every browser has every kind of event. */
function isA(kind: string, event: Event): boolean {
  const type = (globalThis as Record<string, unknown>)[kind];
  return typeof type === "function" && event instanceof type;
}

/** The named properties under their names in Rust; a browser that lacks one counts it as 0. */
function pick(from: object, names: readonly string[]): Json {
  const values = from as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [snakeCase(name), values[name] ?? 0]));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function formEvent(event: Event, el: Element): Json {
  const form = el.closest("form");
  const values = form ? [...new FormData(form)].flatMap(([key, text]) => (typeof text === "string" ? [{ key, text }] : [])) : [];
  return { value: controlValue(event.target), values, valid: form?.checkValidity() ?? true };
}

function controlValue(target: EventTarget | null): string {
  if (isSelect(target)) return chosenValues(target).join(",");
  if (isInput(target) && target.type === "checkbox") return String(target.checked);
  if (isInput(target) && target.type === "file") return "";
  return isInput(target) || isTextArea(target) ? target.value : "";
}

function touchEvent(event: TouchEvent): Json {
  const points = (list: TouchList) => [...list].map((touch) => pick(touch, TOUCH));
  return {
    ...pick(event, MODIFIERS),
    touches: points(event.touches),
    changed_touches: points(event.changedTouches),
    target_touches: points(event.targetTouches),
  };
}

function dragEvent(event: DragEvent): Json {
  const transfer = event.dataTransfer;
  const texts = [...(transfer?.items ?? [])].filter(({ kind }) => kind === "string");
  const items = texts.map(({ kind, type }) => ({ kind, type_: type, data: transfer?.getData(type) ?? "" }));
  const data_transfer = { items, files: [], effect_allowed: transfer?.effectAllowed ?? "", drop_effect: transfer?.dropEffect ?? "" };
  return { mouse: pick(event, MOUSE), data_transfer };
}
