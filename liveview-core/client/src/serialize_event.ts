// A DOM event as the JSON that dioxus-html 0.7's serialised event types read. Files never leave the page this way: a
// path that a client names is a path that a server would open.

import { chosenValues, isInput, isSelect, isTextArea } from "./dom";
import type { Json } from "./protocol";

/** What any kind of event or touch may have; each sends those that it has. */
const PROPERTIES =
  "altKey ctrlKey metaKey shiftKey button buttons clientX clientY offsetX offsetY pageX pageY screenX screenY " +
  "deltaMode deltaX deltaY deltaZ charCode isComposing key keyCode code location repeat which " +
  "identifier force radiusX radiusY rotationAngle animationName propertyName pseudoElement elapsedTime data";
const POINTER = "pointerId width height pressure tangentialPressure tiltX tiltY twist pointerType isPrimary";
const SCROLL = "scrollTop scrollLeft scrollWidth scrollHeight clientWidth clientHeight";
/** A click is a pointer event too, but dioxus-html reads it as a mouse event. */
const POINTER_EVENTS = /pointer|auxclick/;
const FORM_EVENTS = /^(input|change|submit|reset|invalid)$/;

/** `el` is the element that the server listens on; the event may come from inside of it. */
export function serializeEvent(event: Event, el: Element): Json {
  const { type } = event;
  if (FORM_EVENTS.test(type)) return formEvent(event, el);
  if (type === "scroll" || type === "scrollend") return pick(event.target as object, SCROLL);
  if (type === "load" || type === "error") return { load_error: type === "error" };
  if (isA("DragEvent", event)) return dragEvent(event as DragEvent);
  if (isA("TouchEvent", event)) return touchEvent(event as TouchEvent);
  return pick(event, POINTER_EVENTS.test(type) ? `${PROPERTIES} ${POINTER}` : PROPERTIES);
}

/** Not every browser has every kind of event. */
function isA(kind: string, event: Event): boolean {
  const type = (globalThis as Record<string, unknown>)[kind];
  return typeof type === "function" && event instanceof type;
}

/** Those of the named properties that are there, under their names in Rust. */
function pick(from: object, names: string): Json {
  const values = from as Record<string, unknown>;
  const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(names.split(" ").flatMap((name) => (name in from ? [[snakeCase(name), values[name]]] : [])));
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
  const points = (list: TouchList) => [...list].map((touch) => pick(touch, PROPERTIES));
  return {
    ...pick(event, PROPERTIES),
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
  return { mouse: pick(event, PROPERTIES), data_transfer };
}
