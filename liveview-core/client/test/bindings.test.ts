import "./dom";
import assert from "node:assert/strict";
import { after, beforeEach, mock, test } from "node:test";
import type { Observer } from "../src/bindings/binding";
import { ClickBinding } from "../src/bindings/click";
import { FocusBinding } from "../src/bindings/focus";
import { HoldBinding } from "../src/bindings/hold";
import { KeyBinding } from "../src/bindings/key";
import { ListenerBinding } from "../src/bindings/listener";
import { silently } from "../src/focus";
import type { EventPush, ListenerPush } from "../src/protocol";
import type { PushOptions, View } from "../src/view";
import { container, dom } from "./dom";

mock.timers.enable({ apis: ["setTimeout", "setInterval"] });

/** A view that writes down what is pushed and answers when the test says so. */
class RecordingView {
  pushes: (EventPush & { answer: () => void })[] = [];
  heard: (ListenerPush & { answer: () => void })[] = [];
  connected = true;
  listening = new Map<Element, string>();
  readonly id = "phx-1";
  readonly page = {
    listener: (target: Element, event: string, bubbles: boolean) => {
      for (let el: Element | null = target; el; el = bubbles ? el.parentElement : null) {
        if (this.listening.get(el) === event) return { el, id: 7 };
      }
      return undefined;
    },
  };

  push(push: EventPush, options: PushOptions): boolean {
    if (this.connected) this.pushes.push({ ...push, answer: () => options.answered?.({ ok: true, response: {}, patch: undefined }) });
    return this.connected;
  }

  pushListener(push: ListenerPush, answered: () => void): boolean {
    this.heard.push({ ...push, answer: answered });
    return true;
  }

  get log(): string[] {
    return this.pushes.map(({ type, event, value }) => `${type} ${event} ${JSON.stringify(value)}`);
  }
}

let view: RecordingView;
let el: HTMLElement;
const owner = { viewOf: (target: Element) => (target.isConnected ? (view as unknown as View) : undefined) };
const listeners = new ListenerBinding(owner);
const observers: Observer[] = [new ClickBinding(owner), new FocusBinding(owner), new HoldBinding(owner), new KeyBinding(owner), listeners];
observers.forEach((observer) => observer.start());
// Starting twice is starting once.
observers.forEach((observer) => observer.start());
after(() => observers.forEach((observer) => observer.stop()));

function page(html: string): void {
  view = new RecordingView();
  el = container(html);
}

beforeEach(() => page(""));

const find = <T extends HTMLElement>(selector: string) => el.querySelector<T>(selector)!;

function key(type: string, name: string, target: EventTarget = document.body, init: KeyboardEventInit = {}): Event {
  const event = new dom.window.KeyboardEvent(type, { key: name, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return event;
}

function pointer(type: string, target: EventTarget = window): void {
  target.dispatchEvent(new dom.window.MouseEvent(type, { bubbles: true, button: 0 }));
}

test("a click carries phx-value attributes, the element's value and a push's own value, in that order", () => {
  page('<button value="v" phx-value-id="7" phx-value-value="x" phx-click=\'[["push",{"event":"go","args":[3],"value":{"id":8}}]]\'><i>x</i></button>');
  find("i").click();
  assert.deepEqual(view.log, ['click go {"id":8,"value":"v"}']);
  assert.deepEqual(view.pushes[0]?.args, [3]);
});

test("with meta a click says where in the element it was", () => {
  page('<svg phx-click=\'[["push",{"event":"go","meta":true}]]\'></svg>');
  find("svg").dispatchEvent(new dom.window.MouseEvent("click", { bubbles: true, clientX: 5, clientY: 6, shiftKey: true }));
  assert.deepEqual(view.pushes[0]?.value, { x: 5, y: 6, width: 0, height: 0, detail: 0, alt: false, ctrl: false, meta: false, shift: true });
});

test("a click that opens a new tab, or on something disabled, is not ours", () => {
  page('<a href="/x" phx-click="go">x</a><button disabled phx-click="go"><i>x</i></button>');
  document.addEventListener("click", (event) => event.preventDefault(), { once: true });
  find("a").dispatchEvent(new dom.window.MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
  find("i").dispatchEvent(new dom.window.MouseEvent("click", { bubbles: true }));
  assert.deepEqual(view.log, []);
});

test("window keys reach their bindings, filtered by phx-key, and an element's binding shadows them", () => {
  page('<p phx-window-keydown="any"></p><p phx-window-keydown="escape" phx-key="escape"></p><input phx-keydown="own">');
  key("keydown", "a");
  key("keydown", "Escape");
  key("keydown", "b", find("input"));
  const expected = ['any {"key":"a"}', 'any {"key":"Escape"}', 'escape {"key":"Escape"}', 'own {"value":"","key":"b"}'];
  assert.deepEqual(view.log, expected.map((line) => `keydown ${line}`));
});

test("a key event without a key is no repetition that nobody could end", () => {
  page('<p phx-window-keydown="any" phx-repeat="50"></p><p phx-window-keydown="escape" phx-key="Escape"></p>');
  window.dispatchEvent(new dom.window.Event("keydown"));
  mock.timers.tick(1_000);
  assert.deepEqual(view.log, ["keydown any {}"]);
});

test("with phx-repeat a held key repeats at the client's pace, while it is answered, until it is let go", () => {
  page('<p phx-window-keydown="drive" phx-repeat="50"></p>');
  assert.equal(key("keydown", "ArrowUp").defaultPrevented, true);
  key("keydown", "ArrowUp", document.body, { repeat: true });
  assert.equal(view.pushes.length, 1);
  mock.timers.tick(200);
  assert.equal(view.pushes.length, 1, "the first is unanswered");
  view.pushes[0]!.answer();
  mock.timers.tick(50);
  assert.equal(view.pushes.length, 2);
  view.pushes[1]!.answer();
  key("keyup", "ArrowUp");
  mock.timers.tick(500);
  assert.equal(view.pushes.length, 2);
});

test("held keys end when the window is left, and arrows in a text field stay the field's", () => {
  page('<p phx-window-keydown="drive" phx-repeat="50"></p><input>');
  assert.equal(key("keydown", "ArrowLeft", find("input")).defaultPrevented, false);
  window.dispatchEvent(new dom.window.Event("blur"));
  view.pushes[0]!.answer();
  mock.timers.tick(500);
  assert.equal(view.pushes.length, 1);
});

const HOLD = '<button phx-hold="drive" phx-release="stop" phx-repeat="50" phx-value-to="n">x</button>';

test("a held button sends at once, then at its pace, and the release once", () => {
  page(HOLD);
  pointer("pointerdown", find("button"));
  view.pushes[0]!.answer();
  mock.timers.tick(50);
  pointer("pointerup");
  pointer("pointerup");
  mock.timers.tick(500);
  assert.deepEqual(view.log, ['hold drive {"to":"n"}', 'hold drive {"to":"n"}', 'release stop {"to":"n"}']);
});

test("however a hold ends, it is released", () => {
  const ends: (() => void)[] = [
    () => pointer("pointercancel"),
    () => window.dispatchEvent(new dom.window.Event("blur")),
    () => find("button").dispatchEvent(new dom.window.FocusEvent("focusout", { bubbles: true })),
    () => find("button").setAttribute("disabled", ""),
    () => find("button").remove(),
  ];
  for (const end of ends) {
    page(HOLD);
    pointer("pointerdown", find("button"));
    view.pushes[0]!.answer();
    end();
    mock.timers.tick(100);
    assert.deepEqual(view.pushes.map(({ event }) => event), ["drive", "stop"], end.toString());
  }
});

test("Space and Enter hold a focused button until they are let go", () => {
  for (const name of [" ", "Enter"]) {
    page(HOLD);
    key("keydown", name, find("button"));
    key("keyup", "a");
    assert.equal(view.pushes.length, 1);
    key("keyup", name);
    assert.deepEqual(view.pushes.map(({ event }) => event), ["drive", "stop"]);
  }
});

test("focus and blur are the element's own, with its value, and silent ones nobody's", () => {
  page('<input phx-focus="in" phx-blur="out" value="v"><p phx-window-focus="here" phx-value-a="1"></p>');
  find("input").focus();
  silently(() => find("input").blur());
  silently(() => find("input").focus());
  find("input").blur();
  window.dispatchEvent(new dom.window.Event("focus"));
  assert.deepEqual(view.log, ['focus in {"value":"v"}', 'blur out {"value":"v"}', 'window-focus here {"a":"1"}']);
});

test("a listener's event is sent once, from the innermost node that listens", () => {
  page("<div><b><i>x</i></b></div>");
  view.listening.set(find("b"), "click").set(find("div"), "click");
  listeners.listen("click");
  listeners.listen("click");
  find("i").click();
  assert.deepEqual(view.heard.map(({ node, event }) => [node, event]), [[7, "click"]]);
});

test("events that do not bubble reach their own node only", () => {
  page("<div><input></div>");
  view.listening.set(find("div"), "focus");
  listeners.listen("focus");
  find("input").dispatchEvent(new dom.window.FocusEvent("focus"));
  assert.equal(view.heard.length, 0);
  view.listening.set(find("input"), "focus");
  find("input").dispatchEvent(new dom.window.FocusEvent("focus"));
  assert.equal(view.heard.length, 1);
});

test("of a stream of events only the newest waits for the answer", () => {
  page("<p></p>");
  view.listening.set(find("p"), "mousemove");
  listeners.listen("mousemove");
  const move = (clientX: number) => find("p").dispatchEvent(new dom.window.MouseEvent("mousemove", { bubbles: true, clientX }));
  [1, 2, 3].forEach(move);
  const seen = () => view.heard.map(({ data }) => (data as { client_x: number }).client_x);
  assert.deepEqual(seen(), [1]);
  view.heard[0]!.answer();
  assert.deepEqual(seen(), [1, 3]);
  view.heard[1]!.answer();
  assert.deepEqual(seen(), [1, 3]);
});

test("a form that is listened to does not load another page", () => {
  page("<form></form>");
  view.listening.set(find("form"), "submit");
  listeners.listen("submit");
  const event = new dom.window.Event("submit", { bubbles: true, cancelable: true });
  find("form").dispatchEvent(event);
  assert.equal(event.defaultPrevented, true);

  const { viewOf } = owner;
  owner.viewOf = () => undefined;
  const left = new dom.window.Event("submit", { bubbles: true, cancelable: true });
  find("form").dispatchEvent(left);
  owner.viewOf = viewOf;
  assert.equal(left.defaultPrevented, true, "nor in a page that is left");
});

test("what is in a page that is left does nothing by itself either", () => {
  page('<a href="#" phx-click="go">x</a>');
  const click = new dom.window.MouseEvent("click", { bubbles: true, cancelable: true });
  const { viewOf } = owner;
  owner.viewOf = () => undefined;
  find("a").dispatchEvent(click);
  owner.viewOf = viewOf;
  assert.deepEqual([click.defaultPrevented, view.log], [true, []]);
});

test("nothing is sent for what is outside of views", () => {
  page('<button phx-click="go"></button>');
  const button = find("button");
  button.remove();
  document.documentElement.append(button);
  owner.viewOf = () => undefined;
  button.click();
  assert.deepEqual(view.log, []);
  button.remove();
});
