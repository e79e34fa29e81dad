import "./dom";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Writer } from "../src/bytes";
import { LiveSocket } from "../src/live_socket";
import { save } from "../src/storage";
import { container, dom } from "./dom";
import { FakeSocket } from "./fake_socket";

Object.defineProperty(globalThis, "WebSocket", { configurable: true, value: FakeSocket });
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
save("sessionStorage", "phx:live-socket:debug", "false");

const HTML = '<h1>0</h1><button phx-click="inc">+</button><form phx-change="validate" phx-submit="save"><input name="a"><button>Save</button></form>';
/** The text of `<h1>` is node 1; the input is node 2. */
const ADOPT = adoption();

let live: LiveSocket;
let el: HTMLElement;

beforeEach(() => {
  FakeSocket.all = [];
  el = container(HTML);
  live = new LiveSocket("/live", { params: () => ({ zone: "UTC" }), progress: false });
  live.connect();
});

afterEach(() => {
  live.disconnect();
});

function adoption(): { n: number; adopt: string; check: number } {
  const shape = [1, ..."h1"].flatMap((part) => (typeof part === "string" ? [part.charCodeAt(0)] : [part]));
  const tag = (name: string) => [1, ...new TextEncoder().encode(name)];
  const bytes = [...shape, 3, 1, 0, 0, 0, 2, ...tag("button"), 3, 1, 0, 0, 0, 2, ...tag("form"), ...tag("input"), 2, ...tag("button"), 3, 4, 0, 0, 0, 2, 2];
  const check = bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16777619), 2166136261) >>> 0;
  const program = new Writer().varint(0).varint(2 * 8 + 1).varint(4 * 8).finish();
  return { n: 1, adopt: btoa(String.fromCharCode(...program)), check };
}

function joined(): FakeSocket {
  const socket = FakeSocket.last.open();
  socket.answer("phx_join", ADOPT);
  return socket;
}

const patch = (seq: number, text: string) => (w: Writer) => w.byte(0x10).varint(1).varint(seq).byte(13).varint(1).string(text);
const h1 = () => el.querySelector("h1")!.textContent;
const input = () => el.querySelector("input")!;
const button = () => el.querySelector("button")!;

function type(value: string): void {
  input().focus();
  input().value = value;
  input().dispatchEvent(new dom.window.Event("input", { bubbles: true }));
}

test("a page joins with its token, its address and its parameters, and asks to be adopted", () => {
  const socket = FakeSocket.last.open();
  assert.equal(socket.url, "ws://localhost/live/websocket?vsn=2.0.0&serializer=binary");
  const [join] = socket.pushes("phx_join");
  assert.deepEqual(join?.payload, { session: "token", url: "http://localhost/fleet", params: { zone: "UTC", _mounts: 0 }, adopt: true });
  assert.equal(el.className, "phx-loading");
  const heading = el.querySelector("h1");
  socket.answer("phx_join", ADOPT);
  assert.deepEqual([el.className, el.querySelector("h1") === heading], ["phx-connected", true]);
  socket.frame(patch(1, "5"));
  assert.equal(h1(), "5");
});

test("a page that was changed is asked for anew, and merged", () => {
  el.querySelector("h1")!.append("%");
  const socket = FakeSocket.last.open();
  socket.answer("phx_join", ADOPT);
  assert.equal(socket.pushes("phx_leave").length, 1);
  const again = socket.pushes("phx_join");
  assert.equal(again.length, 2);
  assert.deepEqual([again[1]?.payload.adopt, again[1]?.payload.seq], [undefined, undefined]);
  const diff = { seq: 4, ops: [["template", 1, [["h1", "", [], [0]]]], ["load", 1, 0, 7], ["create_text", 1, "3"], ["fill", [0], 1], ["append", 0, 1]] };
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff });
  assert.deepEqual([el.innerHTML, el.className], ["<h1>3</h1>", "phx-connected"]);
  socket.frame((w) => w.byte(0x10).varint(2).varint(5).byte(0x81).string("4"));
  assert.equal(h1(), "4");
  socket.close();
  mock.timers.tick(10);
  assert.equal(FakeSocket.last.open().pushes("phx_join")[0]?.payload.session, "other");
});

test("a click is sent as a binary frame, shows that it waits, and is ignored until it is answered", () => {
  const socket = joined();
  button().click();
  assert.equal(button().outerHTML.includes("phx-click-loading"), true);
  button().click();
  assert.equal(socket.binary().length, 1);
  const [frame] = socket.binary();
  assert.deepEqual(frame, [0x20, 1, frame![2], 0, 0, 3, ...new TextEncoder().encode("inc"), 0]);
  socket.frame((w) => w.byte(0x11).varint(1).varint(frame![2]!).byte(0).string("").varint(1).byte(0x81).string("1"));
  assert.equal(h1(), "1");
  assert.equal(button().outerHTML, '<button phx-click="inc">+</button>');
  button().click();
  assert.equal(socket.binary().at(-1)?.[3], 1, "the next event acknowledges the frame");
});

test("an answer that comes too late ends no loading state any more, but its patch is applied", () => {
  const socket = joined();
  button().click();
  mock.timers.tick(30_000);
  assert.equal(button().outerHTML, '<button phx-click="inc">+</button>');
  socket.frame((w) => w.byte(0x11).varint(1).varint(socket.binary()[0]![2]!).byte(0).string("").varint(1).byte(13).varint(1).string("1"));
  assert.equal(h1(), "1");
});

test("one message is one task: loading goes, the patch comes, server events, then the reply", async () => {
  const socket = joined();
  const order: string[] = [];
  const observe = (what: string) => order.push(`${what} ${h1()} ${el.classList.contains("phx-hook-loading")}`);
  window.addEventListener("phx:done", (event) => observe(`event ${JSON.stringify((event as CustomEvent).detail)}`), { once: true });
  const reply = live.js().push(el, "double", { value: { by: 2 }, callback: () => observe("callback") });
  assert.equal(el.classList.contains("phx-hook-loading"), true);
  const ref = socket.binary()[0]![2]!;
  socket.frame((w) => w.byte(0x11).varint(1).varint(ref).byte(0).string("10").varint(1).byte(13).varint(1).string("9").byte(19).string("done").string('{"x":1}'));
  assert.deepEqual(order, ['event {"x":1} 9 false', "callback 9 false"]);
  assert.equal(await reply, 10);
});

test("a push from a script rejects when it is refused or cannot be sent", async () => {
  const socket = joined();
  const refused = live.js().push(el, "no");
  socket.frame((w) => w.byte(0x11).varint(1).varint(socket.binary()[0]![2]!).byte(1).string('{"reason":"unknown event"}'));
  await assert.rejects(refused, /unknown event/);
  socket.close();
  await assert.rejects(live.js().push(el, "no"), /not connected/);
});

test("a change sends the form with its markers, locks input and form, and comes back with the answer", () => {
  const socket = joined();
  type("x");
  input().dispatchEvent(new dom.window.Event("change", { bubbles: true }));
  const events = socket.pushes("event");
  assert.equal(events.length, 1, "input and change are one event");
  assert.deepEqual(events[0]?.payload, { type: "form", event: "validate", value: "a=x&_target=a", ack: 0 });
  assert.equal(el.querySelector("form")!.className, "phx-change-loading");
  assert.equal(input().getAttribute("data-phx-ref-lock"), "0");
  socket.answer("event", { diff: btoa(String.fromCharCode(...new Writer().varint(1).byte(11).varint(2).string("value").string("").string("X").finish())) });
  assert.deepEqual([input().value, input().getAttribute("value")], ["x", "X"], "typed text stays");
  assert.equal(el.querySelector("form")!.hasAttribute("class"), false);
});

test("a submit is sent once, blurs and focuses again, and shows what the server made of it", () => {
  const socket = joined();
  type("x");
  socket.answer("event", {});
  const form = el.querySelector("form")!;
  form.requestSubmit();
  form.requestSubmit();
  assert.equal(socket.pushes("event").length, 2);
  assert.equal(socket.pushes("event")[1]?.payload.value, "a=x");
  assert.deepEqual([document.activeElement, input().readOnly, form.querySelector("button")!.disabled], [document.body, true, true]);
  socket.answer("event", { diff: btoa(String.fromCharCode(...new Writer().varint(1).byte(11).varint(2).string("value").string("").string("").finish())) });
  assert.deepEqual([input().value, document.activeElement, input().readOnly, form.querySelector("button")!.disabled], ["", input(), false, false]);
});

test("frames that were applied before are ignored, and every fourth is acknowledged", () => {
  const socket = joined();
  for (const seq of [1, 2, 2, 1, 3, 4]) socket.frame(patch(seq, String(seq)));
  assert.deepEqual([h1(), socket.binary()], ["4", [[0x22, 1, 4]]]);
  socket.frame(patch(5, "5"));
  mock.timers.tick(999);
  assert.equal(socket.binary().length, 1);
  mock.timers.tick(1);
  assert.deepEqual(socket.binary().at(-1), [0x22, 1, 5]);
});

test("a lost connection shows, comes back by the table, and resumes where it stopped", () => {
  const socket = joined();
  socket.frame(patch(1, "1"));
  button().click();
  socket.close();
  assert.equal(el.className, "phx-loading phx-error phx-client-error");
  assert.equal(button().className, "", "what waited for an answer waits no more");
  mock.timers.tick(9);
  assert.equal(FakeSocket.all.length, 1);
  mock.timers.tick(1);
  const next = FakeSocket.last.open();
  assert.deepEqual(next.pushes("phx_join")[0]?.payload, {
    session: "token", url: "http://localhost/fleet", params: { zone: "UTC", _mounts: 1 }, seq: 1,
  });
  next.answer("phx_join", { n: 1, resume: true });
  next.frame(patch(2, "2"));
  assert.deepEqual([h1(), el.className], ["2", "phx-connected"]);
});

test("a crashed view shows an error and joins again on the same socket", () => {
  const socket = joined();
  button().click();
  socket.tell("phx_error", { reason: "crashed" });
  assert.equal(el.className, "phx-loading phx-error phx-server-error");
  assert.equal(button().hasAttribute("class"), false);
  mock.timers.tick(100);
  assert.equal(socket.pushes("phx_join").length, 2);
  assert.equal(socket.pushes("phx_leave").length, 0);
});

test("a view that the server ended does not join again", () => {
  const socket = joined();
  socket.tell("phx_close", { reason: "taken" });
  mock.timers.tick(60_000);
  assert.equal(socket.pushes("phx_join").length, 1);
  socket.close();
  mock.timers.tick(10);
  assert.equal(FakeSocket.last.open().pushes("phx_join").length, 0);
});

test("messages of an earlier join say nothing about this one", () => {
  const socket = joined();
  socket.receive(JSON.stringify(["0", null, "lv:phx-1", "phx_error", {}]));
  assert.equal(el.className, "phx-connected");
});

test("a frame that does not fit makes the view ask for the whole page", () => {
  const socket = joined();
  mock.timers.tick(5_000);
  socket.frame((w) => w.byte(0x10).varint(1).varint(1).byte(13).varint(99).string("x"));
  const join = socket.pushes("phx_join")[1];
  assert.deepEqual([join?.payload.adopt, join?.payload.seq], [undefined, undefined]);
});

test("joins that fail are tried three times, further apart each time", () => {
  const socket = FakeSocket.last.open();
  for (const wait of [100, 1_000]) {
    socket.answer("phx_join", { reason: "crashed" }, "error");
    const before = socket.pushes("phx_join").length;
    mock.timers.tick(wait - 1);
    assert.equal(socket.pushes("phx_join").length, before);
    mock.timers.tick(1);
    assert.equal(socket.pushes("phx_join").length, before + 1);
  }
  socket.answer("phx_join", { reason: "crashed" }, "error");
  mock.timers.tick(4_999);
  assert.equal(socket.pushes("phx_join").length, 3);
  live.disconnect();
});

test("a heartbeat without an answer closes the socket, and it opens again", () => {
  const socket = joined();
  mock.timers.tick(30_000);
  const [beat] = socket.pushes("heartbeat");
  socket.receive(JSON.stringify([null, beat?.ref, "phoenix", "phx_reply", { status: "ok", response: {} }]));
  mock.timers.tick(30_000);
  assert.equal(socket.readyState, FakeSocket.OPEN);
  mock.timers.tick(30_000);
  assert.equal(socket.readyState, FakeSocket.CLOSED);
  mock.timers.tick(10);
  assert.equal(FakeSocket.all.length, 2);
});

test("disconnect calls back when the socket is closed, and connect opens another", () => {
  joined();
  let closed = false;
  live.disconnect(() => {
    closed = !live.isConnected();
  });
  assert.equal(closed, true);
  mock.timers.tick(60_000);
  assert.equal(FakeSocket.all.length, 1);
  live.connect();
  assert.equal(FakeSocket.all.length, 2);
});

test("a click while the connection is gone is dropped without a trace", () => {
  joined().close();
  button().click();
  assert.equal(button().outerHTML, '<button phx-click="inc">+</button>');
});

test("leaving the page closes the socket silently, and coming back from the cache opens it", () => {
  const socket = joined();
  window.dispatchEvent(new Event("pagehide"));
  assert.deepEqual([socket.readyState, live.isUnloaded(), el.className], [FakeSocket.CLOSED, true, "phx-connected"]);
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.deepEqual([FakeSocket.all.length, live.isUnloaded()], [2, false]);
});
