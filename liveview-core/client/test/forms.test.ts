import "./dom";
import assert from "node:assert/strict";
import { after, beforeEach, mock, test } from "node:test";
import { setAttribute } from "../src/attributes";
import { ClickBinding } from "../src/bindings/click";
import { FormBinding } from "../src/bindings/form";
import { release } from "../src/controls";
import { isUsed } from "../src/form_data";
import { LoadingStates } from "../src/loading";
import type { EventPush } from "../src/protocol";
import type { PushOptions, View } from "../src/view";
import { container, dom } from "./dom";

mock.timers.enable({ apis: ["setTimeout"] });

/** A view whose loading states are real, and which answers when the test says so. */
class AnsweringView {
  readonly pushes: (EventPush & { answer: (patched?: boolean) => void })[] = [];
  readonly loading = new LoadingStates("phx-1");

  push(push: EventPush, { kind, marks, answered }: PushOptions): boolean {
    const ref = this.loading.begin(kind, marks);
    const answer = (patched = true) => {
      this.loading.end(ref).forEach(release);
      answered?.({ ok: true, response: {}, patch: patched ? () => ({ seq: 1, ops: [], size: 0 }) : undefined });
    };
    this.pushes.push({ ...push, answer });
    return true;
  }

  get log(): string[] {
    return this.pushes.map(({ event, value }) => `${event} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  }
}

let view: AnsweringView;
let el: HTMLElement;
const owner = { viewOf: () => view as unknown as View };
const clicks = new ClickBinding(owner);
const forms = new FormBinding(owner);
const blocking = new FormBinding(owner, true);
[clicks, forms].forEach((binding) => binding.start());
after(() => [clicks, forms, blocking].forEach((binding) => binding.stop()));

beforeEach(() => page(""));

function page(html: string): void {
  view = new AnsweringView();
  el = container(html);
}

const find = <T extends HTMLElement>(selector: string) => el.querySelector<T>(selector)!;
const fire = (target: EventTarget, event: string, init: EventInit = {}) =>
  target.dispatchEvent(Object.assign(new dom.window.Event(event, { bubbles: true, cancelable: true }), init));

const DISPATCH = "phx-click='[[\"dispatch\",{\"event\":\"change\"}]]'";

test("a reset is a change by its button, and nothing was used any more", () => {
  page('<form phx-change="v"><input name="a" value="server"><button type="reset" name="undo">x</button></form>');
  find<HTMLInputElement>("input").value = "typed";
  fire(find("input"), "input");
  find("button").click();
  mock.timers.tick(1);
  assert.deepEqual(view.log, ["v a=typed&_target=a", "v _unused_a=&a=server&undo=&_target=undo"]);
  assert.equal(isUsed(find("input")), false);
});

test("a form that is reset without a button tells nobody", () => {
  page('<form phx-change="v"><input name="a"></form>');
  find<HTMLFormElement>("form").reset();
  mock.timers.tick(1);
  assert.deepEqual(view.log, []);
});

test("a button that dispatches a change sends the form with its name and value at its place, and no other button", () => {
  page(`<form phx-change="v"><input name="a"><button type="button" name="drop[]" value="1" ${DISPATCH}></button><button type="button" name="drop[]" value="2" ${DISPATCH}></button><input type="hidden" name="z"></form>`);
  el.querySelectorAll("button")[1]!.click();
  assert.deepEqual(view.log, ["v _unused_a=&a=&drop%5B%5D=2&z=&_target=drop%5B%5D"]);
});

test("dispatch finds its targets, says who did it, and need not bubble", () => {
  page('<p></p><button phx-click=\'[["dispatch",{"event":"said","to":"p","detail":{"n":1},"bubbles":false}],["push",{"event":"go"}]]\'></button>');
  const heard: unknown[] = [];
  find("p").addEventListener("said", (event) => heard.push((event as CustomEvent).detail));
  window.addEventListener("said", () => heard.push("bubbled"), { once: true });
  find("button").click();
  assert.deepEqual(heard, [{ n: 1, dispatcher: find("button") }]);
  assert.deepEqual(view.log, ["go {}"]);
});

test("a command that is not known is an error", () => {
  page("<button phx-click='[[\"explode\",{}]]'></button>");
  let message = "";
  window.addEventListener("error", (event) => { message = (event as ErrorEvent).message; event.preventDefault(); }, { once: true });
  find("button").click();
  assert.match(message, /unknown command explode/);
});

test("a box that adds a row is unchecked again when the row is there, any other box stays as the person left it", () => {
  page('<form phx-change="v"><input type="checkbox" name="rows_sort[]" value="new"><input type="checkbox" name="terms"></form>');
  const [add, terms] = el.querySelectorAll("input");
  add!.click();
  view.pushes[0]!.answer(false);
  assert.equal(add!.checked, true, "nothing was shown for it");
  fire(add!, "change");
  view.pushes.at(-1)!.answer();
  terms!.click();
  view.pushes.at(-1)!.answer();
  assert.deepEqual([add!.checked, terms!.checked], [false, true]);
  assert.match(view.log[0]!, /^v rows_sort%5B%5D=new&_target=rows_sort%5B%5D$/);
});

test("half of a composed character is sent only where nobody asked to wait for the whole", () => {
  page('<form phx-change="v"><input name="a"></form>');
  const type = (value: string, isComposing: boolean) => {
    find<HTMLInputElement>("input").value = value;
    fire(find("input"), "input", { isComposing } as EventInit);
  };
  type("k", true);
  assert.deepEqual(view.log, ["v a=k&_target=a"]);
  forms.stop();
  blocking.start();
  type("ka", true);
  type("か", true);
  assert.equal(view.pushes.length, 1);
  fire(find("input"), "compositionend");
  assert.deepEqual(view.log.slice(1), ["v a=%E3%81%8B&_target=a"]);
  type("かn", false);
  assert.equal(view.pushes.length, 3);
  blocking.stop();
  forms.start();
});

test("a radio button inside of something that is clicked unwinds both of its locks, and shows what the server says", () => {
  page('<form phx-change="v"><div phx-click="pick"><input type="radio" name="a" value="1"><input type="radio" name="a" value="2"></div></form>');
  const radio = el.querySelectorAll("input")[1]!;
  radio.click();
  assert.deepEqual(view.pushes.map(({ event }) => event).sort(), ["pick", "v"]);
  setAttribute(radio, "checked", "", "");
  view.pushes[0]!.answer();
  view.pushes[1]!.answer();
  assert.deepEqual([radio.checked, radio.hasAttribute("checked")], [true, true]);
  assert.equal(el.querySelectorAll("[data-phx-ref-lock], [class]").length, 0);
});

test("a custom element keeps its value while it has the focus, and then takes the server's", () => {
  class Editor extends dom.window.HTMLElement {
    value = "";
  }
  dom.window.customElements.define("x-editor", Editor);
  page('<x-editor tabindex="0" value="a"></x-editor>');
  const editor = find<Editor>("x-editor");
  editor.focus();
  editor.value = "typed";
  setAttribute(editor, "value", "", "server");
  setAttribute(editor, "title", "", "t");
  assert.deepEqual([editor.value, editor.getAttribute("value"), editor.title], ["typed", "a", "t"]);
  editor.setAttribute("phx-patch-focused", "");
  setAttribute(editor, "value", "", "patched");
  assert.equal(editor.value, "patched");
  editor.removeAttribute("phx-patch-focused");
  setAttribute(editor, "value", "", "later");
  editor.blur();
  release(editor);
  assert.deepEqual([editor.value, editor.getAttribute("value")], ["later", "later"]);
});

test("a control with a binding of its own sends itself alone, as part of its form", () => {
  page('<form id="f" phx-change="v"><input name="user[a]" value="1"><input name="user[b]" phx-change="own" value="2"></form><input name="c" form="f" value="3">');
  const [a, b, c] = el.querySelectorAll("input");
  for (const input of [b!, c!, a!]) fire(input, "input");
  assert.deepEqual(view.log, [
    "own user%5Bb%5D=2&_target=user%5Bb%5D",
    "v user%5B_unused_a%5D=&user%5Ba%5D=1&user%5Bb%5D=2&c=3&_target=c",
    "v user%5Ba%5D=1&user%5Bb%5D=2&c=3&_target=user%5Ba%5D",
  ]);
});

test("a submit forgets what waits in all of its controls, those outside of it too", () => {
  page('<form id="f" phx-change="v" phx-submit="s"><input name="a" phx-debounce="blur"></form><input name="c" form="f" phx-debounce="100">');
  for (const input of el.querySelectorAll("input")) fire(input, "input");
  // The first control's change goes before the second's.
  assert.deepEqual(view.log, ["v a=&_unused_c=&c=&_target=a"]);
  fire(find("form"), "submit");
  mock.timers.tick(1_000);
  assert.deepEqual(view.log.slice(1), ["s a=&c="]);
});

test("what waits for a control that has left the page is not sent", () => {
  page('<form phx-change="v"><input name="a" phx-debounce="100"></form>');
  fire(find("input"), "input");
  find("form").remove();
  mock.timers.tick(1_000);
  assert.deepEqual(view.log, []);
});
