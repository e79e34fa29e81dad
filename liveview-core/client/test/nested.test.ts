import "./dom";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { LiveSocket } from "../src/live_socket";
import { save } from "../src/storage";
import { container, dom } from "./dom";
import { FakeSocket } from "./fake_socket";
import { opsFor } from "./page_ops";

Object.defineProperty(globalThis, "WebSocket", { configurable: true, value: FakeSocket });
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
save("sessionStorage", "phx:live-socket:debug", "false");

const INNER = '<div id="inner" class="player" data-phx-session="inner-token"><p id="deep">0</p></div>';

let live: LiveSocket;
let el: HTMLElement;

beforeEach(() => {
  FakeSocket.all = [];
  el = container(`<h1>page</h1>${INNER}`);
  live = new LiveSocket("/live", { serializer: "json", progress: false });
  live.connect();
});

afterEach(() => {
  live.disconnect();
});

const inner = () => document.getElementById("inner")!;
const joins = (socket: FakeSocket) => socket.pushes("phx_join").map(({ topic, payload }) => [topic, payload.session, payload.seq]);

/** Answers the last join of the topic with a page of this HTML. */
function fresh(socket: FakeSocket, topic: string, html: string, seq = 1): void {
  reply(socket, topic, "ok", { n: topic.length, fresh: true, diff: { seq, ops: opsFor(html) } });
}

function reply(socket: FakeSocket, topic: string, status: string, response: object): void {
  const { joinRef, ref } = socket.pushes("phx_join").filter((push) => push.topic === topic).at(-1)!;
  socket.receive(JSON.stringify([joinRef, ref, topic, "phx_reply", { status, response }]));
}

function tell(socket: FakeSocket, topic: string, event: string): void {
  socket.receive(JSON.stringify([null, null, topic, event, {}]));
}

function diff(socket: FakeSocket, topic: string, seq: number, ops: unknown[]): void {
  socket.receive(JSON.stringify([null, null, topic, "diff", { seq, ops }]));
}

function joined(): FakeSocket {
  const socket = FakeSocket.last.open();
  fresh(socket, "lv:phx-1", `<h1>page</h1>${INNER}`);
  fresh(socket, "lv:inner", '<p id="deep">1</p>');
  return socket;
}

test("nested views join after the view around them, by their own tokens and topics", () => {
  const socket = FakeSocket.last.open();
  assert.deepEqual(joins(socket), [["lv:phx-1", "token", undefined]]);
  fresh(socket, "lv:phx-1", `<h1>page</h1>${INNER}`);
  assert.deepEqual(joins(socket).slice(1), [["lv:inner", "inner-token", undefined]]);
  assert.deepEqual([el.className, inner().className], ["phx-loading", "player"], "what is in the page cannot be used yet");
  fresh(socket, "lv:inner", '<p id="deep">1</p>');
  assert.deepEqual([inner().className, inner().textContent], ["player phx-connected", "1"]);
  assert.equal(el.className, "phx-connected");
});

test("a fresh page around a nested view leaves its content alone, and its next token has it join anew", () => {
  const socket = joined();
  const content = inner().firstChild;
  tell(socket, "lv:phx-1", "phx_error");
  assert.deepEqual([inner().className, el.className], ["player", "phx-loading phx-error phx-server-error"], "one shows it for all");
  mock.timers.tick(100);
  fresh(socket, "lv:phx-1", '<h1>another</h1><div id="inner" class="player" data-phx-session="second"><p>first HTML</p></div>');
  assert.deepEqual([inner().firstChild, el.firstChild!.textContent], [content, "another"]);
  assert.deepEqual(joins(socket).at(-1), ["lv:inner", "second", undefined]);
  fresh(socket, "lv:inner", '<p id="deep">2</p>');
  assert.deepEqual([inner().firstChild, inner().textContent], [content, "2"], "merged, as any page");
});

test("a page is connected when it is known how all in it went, well or not", () => {
  const middle = '<div id="middle" data-phx-session="m"></div>';
  const socket = FakeSocket.last.open();
  fresh(socket, "lv:phx-1", `${INNER}${middle}`);
  reply(socket, "lv:inner", "error", { reason: "full" });
  assert.equal(el.className, "phx-loading");
  fresh(socket, "lv:middle", '<div id="innermost" data-phx-session="i"></div>');
  assert.equal(el.className, "phx-loading", "it waits for what is in the nested view, too");
  fresh(socket, "lv:innermost", "<b></b>");
  assert.equal(el.className, "phx-connected");
  mock.timers.tick(10_000);
  reply(socket, "lv:inner", "error", { reason: "full" });
  assert.equal(el.className, "phx-connected");
});

test("a page whose nested view is taken away before it has joined waits for it no longer", () => {
  const socket = FakeSocket.last.open();
  fresh(socket, "lv:phx-1", `<h1>page</h1>${INNER}`);
  diff(socket, "lv:phx-1", 2, [["remove", 2]]);
  assert.equal(el.className, "phx-connected");
});

test("after a drop the page resumes first, and then what is in it", () => {
  joined().close();
  assert.equal(inner().className, "player");
  mock.timers.tick(20);
  const socket = FakeSocket.last.open();
  assert.deepEqual(joins(socket), [["lv:phx-1", "token", 1]]);
  reply(socket, "lv:phx-1", "ok", { n: 1, resume: true });
  assert.deepEqual(joins(socket).at(-1), ["lv:inner", "inner-token", 1]);
});

test("a nested view whose server has ended it waits for the view around it", () => {
  const socket = joined();
  tell(socket, "lv:inner", "phx_close");
  mock.timers.tick(20_000);
  assert.deepEqual([joins(socket).length, inner().className], [2, "player"]);
  diff(socket, "lv:inner", 2, [["text", 1, "late"]]);
  assert.equal(inner().textContent, "1");
});

test("one that is refused as an orphan waits as well, and one that crashed asks again", () => {
  const socket = joined();
  tell(socket, "lv:inner", "phx_error");
  assert.equal(inner().className, "player phx-loading phx-error phx-server-error");
  mock.timers.tick(100);
  assert.deepEqual(joins(socket).at(-1), ["lv:inner", "inner-token", 1]);
  reply(socket, "lv:inner", "error", { reason: "orphan" });
  mock.timers.tick(20_000);
  assert.deepEqual([joins(socket).length, inner().className], [3, "player"]);
});

test("containers that come later join at once, and those that go leave", () => {
  const socket = joined();
  diff(socket, "lv:phx-1", 2, [
    ["template", 1, [["div", "", [["id", "", "late"]], []]]],
    ["load", 1, 0, 9], ["append", 0, 1],
    ["set", 9, "data-phx-session", "", "late-token"], ["set", 9, "dangerous_inner_html", "", "<p>late</p>"],
    ["remove", 2],
  ]);
  assert.deepEqual(joins(socket).at(-1), ["lv:late", "late-token", undefined]);
  assert.deepEqual(socket.pushes("phx_leave").map(({ topic }) => topic), ["lv:inner"]);
});

test("what a Dioxus listener of a nested view does not take is for the view around it", () => {
  const socket = joined();
  diff(socket, "lv:phx-1", 2, [["listen", 2, "click"]]);
  const click = () => inner().firstElementChild!.dispatchEvent(new dom.window.MouseEvent("click", { bubbles: true }));
  click();
  assert.equal(socket.pushes("event").at(-1)!.topic, "lv:phx-1");
  diff(socket, "lv:inner", 2, [["listen", 1, "click"]]);
  click();
  assert.equal(socket.pushes("event").at(-1)!.topic, "lv:inner");
});

test("each view recovers its own forms", () => {
  const form = (name: string) => `<form id="f-${name}" phx-change="validate"><input name="${name}"></form>`;
  const page = `${form("outer")}<div id="inner" data-phx-session="inner-token">${form("inner")}</div>`;
  const socket = FakeSocket.last.open();
  fresh(socket, "lv:phx-1", page);
  fresh(socket, "lv:inner", form("inner"));
  for (const name of ["outer", "inner"]) {
    const input = el.querySelector<HTMLInputElement>(`[name=${name}]`)!;
    input.value = name;
    input.dispatchEvent(new dom.window.Event("input", { bubbles: true }));
  }
  tell(socket, "lv:phx-1", "phx_error");
  const before = socket.pushes("event").length;
  mock.timers.tick(100);
  fresh(socket, "lv:phx-1", page.replace("inner-token", "second"), 1);
  const recovered = () => socket.pushes("event").slice(before).map(({ topic, payload }) => [topic, payload.value]);
  assert.deepEqual(recovered(), [["lv:phx-1", "outer=outer&_target=outer"]]);
  const { joinRef, ref } = socket.pushes("event").at(-1)!;
  socket.receive(JSON.stringify([joinRef, ref, "lv:phx-1", "phx_reply", { status: "ok", response: {} }]));
  fresh(socket, "lv:inner", form("inner"));
  assert.deepEqual(recovered().at(-1), ["lv:inner", "inner=inner&_target=inner"]);
});
