import "./dom";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { LiveSocket } from "../src/live_socket";
import { save } from "../src/storage";
import { container, dom } from "./dom";
import { FakeSocket } from "./fake_socket";
import { opsFor } from "./page_ops";

Object.defineProperty(globalThis, "WebSocket", { configurable: true, value: FakeSocket });
save("sessionStorage", "phx:live-socket:debug", "false");

const FORM = '<form id="f" action="/log-in" method="post" phx-submit="save"><input name="submit"><input type="password" name="password"><button name="by" value="button">Log in</button></form>';

let live: LiveSocket;
let el: HTMLElement;
let socket: FakeSocket;
let posted: { form: HTMLFormElement; open: boolean; data: string }[];

beforeEach(() => {
  FakeSocket.all = [];
  posted = [];
  mock.method(dom.window.HTMLFormElement.prototype, "submit", function (this: HTMLFormElement) {
    const data = new URLSearchParams([...new FormData(this)] as [string, string][]).toString();
    posted.push({ form: this, open: socket.readyState === FakeSocket.OPEN, data });
  });
  el = container("");
  live = new LiveSocket("/live", { serializer: "json", progress: false });
  live.connect();
  socket = FakeSocket.last.open();
});

afterEach(() => {
  mock.restoreAll();
  live.disconnect();
});

const form = () => el.querySelector("form")!;

function join(html: string): void {
  socket.answer("phx_join", { n: 1, fresh: true, diff: { seq: 1, ops: opsFor(html) } });
}

test("a form that asks for it is posted by the browser, with its button, when the socket is closed", async () => {
  join(FORM);
  el.querySelector<HTMLInputElement>("[type=password]")!.value = "secret";
  const submit = new dom.window.Event("submit", { bubbles: true, cancelable: true });
  Object.assign(submit, { submitter: el.querySelector("button") });
  form().dispatchEvent(submit);
  socket.answer("event", { diff: { seq: 2, ops: [["set", 1, "phx-trigger-action", "", ""]] } });
  assert.equal(posted.length, 0, "after everything that the answer does");
  await Promise.resolve();
  assert.deepEqual(posted, [{ form: form(), open: false, data: "submit=&password=secret&by=button" }]);
  assert.deepEqual([live.isUnloaded(), el.className], [true, "phx-connected"]);
});

test("also when the page comes with it, and once", async () => {
  join(FORM.replace("<form", '<form phx-trigger-action=""'));
  await Promise.resolve();
  assert.equal(posted.length, 1);
  live.connect();
  socket = FakeSocket.last.open();
  join(FORM.replace("<form", '<form phx-trigger-action=""'));
  await Promise.resolve();
  assert.equal(posted.length, 1, "a page that comes back out of the browser's cache does not post again");
});

test("a password does not stay in the page after a submit that was not posted", () => {
  join(FORM);
  const [name, password] = el.querySelectorAll("input");
  name!.value = password!.value = "typed";
  form().dispatchEvent(new dom.window.Event("submit", { bubbles: true, cancelable: true }));
  socket.answer("event", {});
  assert.deepEqual([name!.value, password!.value], ["typed", ""]);
});
