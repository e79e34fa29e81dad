// What a binding's attribute says to do: the plain name of an event, or a list of commands. This version knows `push`,
// `dispatch`, `navigate` and `patch`.

import type { Failure } from "./channel";
import { isControl } from "./controls";
import { isBox, isForm } from "./dom";
import type { Mark } from "./loading";
import type { EventType, Json, Reply } from "./protocol";
import type { View } from "./view";

export interface PushCommand {
  readonly event: string;
  readonly args?: readonly unknown[] | undefined;
  readonly value?: Json | undefined;
  /** A selector of further elements that show the loading state. */
  readonly loading?: string;
  readonly page_loading?: boolean;
  /** Asks for what the browser knows about the click or the key, which costs bytes. */
  readonly meta?: boolean;
}

/** Dispatches an event of the DOM: on the element itself, or on those that the selector `to` finds. It bubbles unless told otherwise. */
interface DispatchCommand {
  readonly event: string;
  readonly to?: string;
  readonly detail?: Json;
  readonly bubbles?: boolean;
}

/** Goes to another URL, of this view (`patch`) or of another one (`navigate`). */
interface FollowCommand {
  readonly href: string;
  readonly replace?: boolean;
}

type Command =
  | readonly ["push", PushCommand]
  | readonly ["dispatch", DispatchCommand]
  | readonly ["patch" | "navigate", FollowCommand];

/** What the kind of the event adds to its value. */
export interface Details {
  readonly value?: Json;
  readonly meta?: () => Json;
  readonly answered?: ((reply: Reply | Failure) => void) | undefined;
}

function parse(encoded: string): readonly Command[] {
  return encoded.startsWith("[") ? (JSON.parse(encoded) as Command[]) : [["push", { event: encoded }]];
}

/** The events that an attribute's value pushes. */
export function pushesOf(encoded: string): PushCommand[] {
  return parse(encoded).flatMap(([name, options]) => (name === "push" ? [options as PushCommand] : []));
}

/**
 * Carries out an attribute's value for `el`, in order; each event to push is given to `push`, which says whether it was sent.
 * Whether any was. Throws when it is no list of known commands.
 */
export function carryOut(view: View, el: Element, encoded: string, push: (command: PushCommand) => boolean): boolean {
  let sent = false;
  for (const [name, options] of parse(encoded)) {
    if (name === "push") sent = push(options as PushCommand) || sent;
    else if (name === "dispatch") dispatch(el, options as DispatchCommand);
    else if (name === "patch" || name === "navigate") follow(view, el, name, options as FollowCommand);
    else throw new Error(`unknown command ${String(name)}`);
  }
  return sent;
}

/** Carries out the commands for an element. Whether anything was sent. */
export function execute(view: View, el: Element, type: EventType, encoded: string, details: Details = {}): boolean {
  return carryOut(view, el, encoded, (command) => pushFrom(view, el, type, command, details));
}

function follow(view: View, el: Element, name: "patch" | "navigate", { href, replace }: FollowCommand): void {
  view.follow(name === "patch" ? name : "redirect", href, replace ? "replace" : "push", el);
}

function dispatch(el: Element, { event, to, detail = {}, bubbles = true }: DispatchCommand): void {
  const targets = to === undefined ? [el] : document.querySelectorAll(to);
  for (const target of targets) {
    target.dispatchEvent(new CustomEvent(event, { bubbles, cancelable: true, detail: { ...detail, dispatcher: el } }));
  }
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
  const { type, kind, value, answered } = pushed;
  const { event, args, loading, page_loading } = command;
  const others = !loading ? [] : [...document.querySelectorAll(loading)];
  // What is submitted is waited for.
  const isLoud = page_loading ?? (kind === "submit" || el.hasAttribute("phx-page-loading"));
  return view.push(
    { type, event, value, args },
    {
      kind,
      marks: [...marks, ...others.map((other) => ({ el: other, lock: false, shown: true }))],
      pageLoading: isLoud ? el : undefined,
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
