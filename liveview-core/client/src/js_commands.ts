// What a binding's attribute says to do: the plain name of an event, or a list of commands. This version knows `push`,
// `navigate` and `patch`.

import type { Failure } from "./channel";
import { isControl } from "./controls";
import { isBox, isForm } from "./dom";
import type { Type } from "./history";
import type { Mark } from "./loading";
import type { EventType, Json, Reply } from "./protocol";
import type { View } from "./view";

export interface PushCommand {
  readonly event: string;
  /** Set on a command that pushes nothing and leads to `href`. */
  readonly go?: Type;
  readonly href?: string;
  readonly replace?: boolean;
  readonly args?: readonly unknown[];
  readonly value?: Json;
  /** A selector of further elements that show the loading state. */
  readonly loading?: string;
  readonly page_loading?: boolean;
  /** Asks for what the browser knows about the click or the key, which costs bytes. */
  readonly meta?: boolean;
}

/** What the kind of the event adds to its value. */
export interface Details {
  readonly value?: Json;
  readonly meta?: () => Json;
  readonly answered?: ((reply: Reply | Failure) => void) | undefined;
}

/** Reads an attribute's value. Throws when it is no list of known commands. */
export function commands(encoded: string): PushCommand[] {
  if (!encoded.startsWith("[")) return [{ event: encoded }];
  const list = JSON.parse(encoded) as readonly (readonly [string, PushCommand])[];
  return list.map(([name, options]) => {
    if (name === "push") return options;
    if (name === "patch" || name === "navigate") return { ...options, go: name === "patch" ? name : "redirect" };
    throw new Error(`unknown command ${name}`);
  });
}

/** Carries out the commands for an element. Whether anything was sent. */
export function execute(view: View, el: Element, type: EventType, encoded: string, details: Details = {}): boolean {
  return commands(encoded).map((command) => pushFrom(view, el, type, command, details)).includes(true);
}

function pushFrom(view: View, el: Element, type: EventType, command: PushCommand, details: Details): boolean {
  const value = { ...elementValue(el), ...command.value, ...details.value, ...(command.meta ? details.meta?.() : {}) };
  return pushCommand(view, el, { type, kind: type, value, answered: details.answered }, command, [{ el, lock: true, shown: true }]);
}

export interface Pushed {
  readonly type: EventType;
  /** The kind of the loading class. */
  readonly kind: string;
  readonly value: Json | string;
  readonly answered?: ((reply: Reply | Failure) => void) | undefined;
}

/** Pushes a command's event with this value for `el`, and shows `marks` and the command's own elements as loading. */
export function pushCommand(view: View, el: Element, pushed: Pushed, command: PushCommand, marks: readonly Mark[]): boolean {
  const { go, href = "", replace } = command;
  if (go) {
    view.follow(go, href, replace ? "replace" : "push", el);
    return false;
  }
  const { type, kind, value, answered } = pushed;
  const { event, args, loading, page_loading } = command;
  const others = !loading ? [] : [...document.querySelectorAll(loading)];
  return view.push(
    { type, event, value, args },
    {
      kind,
      marks: [...marks, ...others.map((other) => ({ el: other, lock: false, shown: true }))],
      pageLoading: page_loading ?? el.hasAttribute("phx-page-loading"),
      answered,
    },
  );
}

/** The `phx-value-*` attributes. */
export function phxValues(el: Element): Json {
  const values: Json = {};
  for (const { name, value } of el.attributes) {
    if (name.startsWith("phx-value-")) values[name.slice("phx-value-".length)] = value;
  }
  return values;
}

/** The `phx-value-*` attributes and the element's own value. */
function elementValue(el: Element): Json {
  const own = ownValue(el);
  return own === undefined ? phxValues(el) : { ...phxValues(el), value: own };
}

function ownValue(el: Element): unknown {
  if (isForm(el)) return undefined;
  if (isBox(el) && !el.checked) return undefined;
  return isControl(el) || el.hasAttribute("value") ? (el as HTMLInputElement).value : undefined;
}
