import "./dom";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { LiveSocket } from "../src/live_socket";
import type { Op } from "../src/ops";
import { save } from "../src/storage";
import { container, dom } from "./dom";
import { FakeSocket } from "./fake_socket";
import { opsFor } from "./page_ops";

Object.defineProperty(globalThis, "WebSocket", { configurable: true, value: FakeSocket });
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
save("sessionStorage", "phx:live-socket:debug", "false");

const FORM = '<p>state</p><form id="f" phx-change="validate"><input type="hidden" name="h" value="1"><input name="a" value="old"><input name="b"><button name="add" value="1"></button></form>';

let live: LiveSocket;
let el: HTMLElement;

beforeEach(() => {
  FakeSocket.all = [];
  el = container("");
  live = new LiveSocket("/live", { serializer: "json", progress: false });
  live.connect();
});

afterEach(() => {
  live.disconnect();
});

/** Joins with a page that shows `html`. */
function joined(html: string): FakeSocket {
  const socket = FakeSocket.last.open();
  fresh(socket, html);
  return socket;
}

function fresh(socket: FakeSocket, html: string, ids: Record<string, number> = {}, seq = 1): void {
  socket.answer("phx_join", { n: 1, fresh: true, diff: { seq, ops: opsFor(html, ids) } });
}

/** Loses the socket and opens the next one; the view has asked to join on it. */
function reconnected(): FakeSocket {
  FakeSocket.last.close();
  mock.timers.tick(20);
  return FakeSocket.last.open();
}

function answer(socket: FakeSocket, index: number, response: object = {}, status = "ok"): void {
  const { joinRef, ref } = socket.pushes("event")[index]!;
  socket.receive(JSON.stringify([joinRef, ref, "lv:phx-1", "phx_reply", { status, response }]));
}

function diff(socket: FakeSocket, seq: number, ops: Op[]): void {
  socket.receive(JSON.stringify([null, null, "lv:phx-1", "diff", { seq, ops }]));
}

const control = (name: string) => el.querySelector<HTMLInputElement>(`[name=${name}]`)!;
const events = (socket: FakeSocket) => socket.pushes("event").map(({ payload }) => [payload.event, payload.value]);
const joins = (socket: FakeSocket) => socket.pushes("phx_join").map(({ payload }) => payload);

function type(name: string, value: string): void {
  control(name).focus();
  control(name).value = value;
  control(name).dispatchEvent(new dom.window.Event("input", { bubbles: true }));
}

test("a new view is told what was typed before its page is shown", () => {
  answer(joinedAndTyped(), 0);
  const socket = reconnected();
  assert.equal(el.className, "phx-loading phx-error phx-client-error");
  fresh(socket, FORM.replace("state", "new"));
  assert.deepEqual(events(socket), [["validate", "h=1&a=typed&_unused_b=&b=&_target=a"]], "buttons are not pressed again, marks are kept");
  assert.deepEqual([el.querySelector("p")!.textContent, document.getElementsByClassName("phx-loading").length], ["state", 1], "the old page stands still");
  answer(socket, 0);
  assert.deepEqual([el.querySelector("p")!.textContent, control("a").value, el.className], ["new", "typed", "phx-connected"]);
  assert.equal(document.activeElement, control("a"));
});

function joinedAndTyped(): FakeSocket {
  const socket = joined(FORM);
  type("a", "typed");
  return socket;
}

test("answers and other patches are part of the page that is shown in the end, and what they say beside it comes after", () => {
  joinedAndTyped();
  const socket = reconnected();
  const heard: unknown[] = [];
  window.addEventListener("phx:said", () => heard.push(control("b").value), { once: true });
  fresh(socket, FORM, { "[name=b]": 7 });
  diff(socket, 2, [["set", 1, "title", "", "ticked"]]);
  answer(socket, 0, { diff: { seq: 3, ops: [["set", 7, "value", "", "from the server"], ["event", "said", {}]] } });
  assert.deepEqual([control("b").value, el.querySelector("p")!.title, heard], ["from the server", "ticked", ["from the server"]]);
  diff(socket, 4, [["set", 7, "value", "", "later"]]);
  assert.equal(control("b").value, "later", "the nodes of the page are those of the new view");
});

test("nothing is recovered of forms without an id, with another binding, that opted out, or that have nothing to tell", () => {
  const forms = (state: string) =>
    `<p>${state}</p><form phx-change="validate"><input name="a"></form><form id="b"><input name="b"></form>` +
    `<form id="c" phx-change="${state}"><input name="c"></form><form id="d" phx-change="v" phx-auto-recover="ignore"><input name="d"></form>` +
    '<form id="e" phx-change="v"><button name="e"></button></form><form id="g" phx-change="v"><input name="g" phx-change="own"></form>';
  joined(forms("one"));
  for (const name of ["a", "b", "c", "d"]) control(name).value = "typed";
  const socket = reconnected();
  fresh(socket, forms("two"));
  assert.deepEqual(events(socket), []);
  assert.equal(el.querySelector("p")!.textContent, "two", "and so nothing is waited for");
  assert.deepEqual(["a", "b", "c", "d"].map((name) => control(name).value), ["", "", "", ""], "what the new view was never told is gone");
});

test("phx-auto-recover names the event, in the new page, and values of the form go along", () => {
  joinedAndTyped();
  const socket = reconnected();
  fresh(socket, FORM.replace('phx-change="validate"', 'phx-change="validate" phx-auto-recover="restore" phx-value-step="2"'));
  assert.deepEqual(events(socket), [["restore", "h=1&a=typed&_unused_b=&b=&step=2&_target=a"]]);
});

test("controls outside of the form count, also if they alone make it worth telling", () => {
  const html = '<form id="f" phx-change="validate"></form><input name="out" form="f">';
  joined(html);
  control("out").value = "typed";
  const socket = reconnected();
  fresh(socket, html);
  assert.deepEqual(events(socket), [["validate", "_unused_out=&out=typed&_target=out"]]);
});

test("a form that crashes the view is not recovered again, and its neighbour is", () => {
  const html = '<form id="bad" phx-change="crash"><input name="a"></form><form id="good" phx-change="validate"><input name="b"></form>';
  joined(html);
  control("a").value = control("b").value = "typed";
  let socket = reconnected();
  fresh(socket, html);
  assert.deepEqual(events(socket).map(([event]) => event), ["crash", "validate"]);
  socket.tell("phx_error");
  mock.timers.tick(200);
  fresh(socket, html);
  assert.deepEqual(events(socket).slice(2).map(([event]) => event), ["validate"]);
  answer(socket, 2);
  assert.deepEqual([control("a").value, control("b").value, el.className], ["", "typed", "phx-connected"]);
  socket = reconnected();
  fresh(socket, html);
  assert.deepEqual(events(socket).map(([event]) => event), ["validate"]);
});

test("a socket that is lost in the middle of it begins anew, from a whole page", () => {
  joinedAndTyped();
  fresh(reconnected(), FORM);
  const socket = reconnected();
  const [join] = joins(socket);
  assert.deepEqual([join?.seq, join?.adopt], [undefined, undefined], "the page that is shown is not the view's");
  fresh(socket, FORM);
  answer(socket, 0);
  assert.deepEqual([control("a").value, el.className], ["typed", "phx-connected"]);
});

test("events wait for no recovery, for the nodes that they name are the old view's", () => {
  joinedAndTyped();
  const socket = reconnected();
  fresh(socket, FORM);
  type("b", "meanwhile");
  assert.equal(events(socket).length, 1);
  answer(socket, 0);
  assert.deepEqual(events(socket).slice(1), [["validate", "h=1&a=typed&b=meanwhile&_target=b"]], "and then it is sent");
});

test("a change that found no connection, or got no answer, is sent when the view is there again", () => {
  const socket = joined(FORM);
  type("a", "unanswered");
  assert.equal(events(socket).length, 1);
  socket.close();
  type("b", "alone");
  mock.timers.tick(20);
  const next = FakeSocket.last.open();
  next.answer("phx_join", { n: 1, resume: true });
  assert.deepEqual(events(next), [["validate", "h=1&a=unanswered&b=alone&_target=b"]]);
  answer(next, 0);
  next.close();
  mock.timers.tick(20);
  FakeSocket.last.open().answer("phx_join", { n: 1, resume: true });
  assert.deepEqual(events(FakeSocket.last), [], "once");
});

test("what was typed before the first join is told after it", () => {
  el.innerHTML = FORM;
  type("a", "early");
  const socket = FakeSocket.last.open();
  fresh(socket, FORM);
  assert.deepEqual([events(socket), control("a").value], [[["validate", "h=1&a=early&_unused_b=&b=&_target=a"]], "early"]);
});

test("a form is told as the browser would send it: without what is disabled, and without uploads of the old view", () => {
  const html = '<form id="f" phx-change="v"><fieldset disabled><input name="off" value="1"></fieldset><input name="u" data-phx-upload-ref="x"><input name="a"></form>';
  joined(html);
  control("u").value = "old";
  control("a").value = "typed";
  const socket = reconnected();
  fresh(socket, html);
  assert.deepEqual(events(socket), [["v", "_unused_u=&u=&_unused_a=&a=typed&_target=u"]]);
});
