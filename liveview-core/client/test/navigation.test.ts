import "./dom";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { LiveSocket } from "../src/live_socket";
import { save } from "../src/storage";
import { container, dom } from "./dom";
import { FakeSocket } from "./fake_socket";

Object.defineProperty(globalThis, "WebSocket", { configurable: true, value: FakeSocket });
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
const scrolls: number[] = [];
window.scrollTo = ((_x: number, y: number) => void scrolls.push(y)) as typeof window.scrollTo;
window.requestAnimationFrame = () => 0;
/** Pages that the browser was told to load; jsdom says that it cannot. */
let loads = 0;
dom.virtualConsole.removeAllListeners("jsdomError");
dom.virtualConsole.on("jsdomError", (error) => {
  if (error.message.includes("navigation")) loads += 1;
  else throw error;
});
/** The listeners of a client: the next test's must be alone. */
const listeners: [string, EventListener, AddEventListenerOptions][] = [];
const add = window.addEventListener.bind(window);
window.addEventListener = ((name: string, handler: EventListener, options: AddEventListenerOptions) => {
  listeners.push([name, handler, options]);
  add(name, handler, options);
}) as typeof window.addEventListener;

const LINK = 'data-phx-link-state="push"';
const HTML =
  `<a id="patch" href="/fleet?page=2" data-phx-link="patch" ${LINK}>2</a>` +
  '<a id="replace" href="/fleet?page=3" data-phx-link="patch" data-phx-link-state="replace">3</a>' +
  `<a id="other" href="/missions" data-phx-link="navigate" ${LINK} data-phx-prefetch="true">M</a>` +
  `<a id="spy" href="/fleet?page=4" data-phx-link="patch" ${LINK} phx-click="spy">4</a>` +
  '<button id="go" phx-click=\'[["push",{"event":"save"}],["navigate",{"href":"/missions","replace":true}]]\'>go</button>' +
  '<input id="field">';
const MISSIONS = { seq: 1, ops: [["template", 9, [["h1", "", [], ["Missions"]]]], ["load", 9, 0, 1], ["append", 0, 1], ["title", "M"]] };

let live: LiveSocket;
let el: HTMLElement;
let told: [string, unknown][];

beforeEach(() => {
  FakeSocket.all = [];
  scrolls.length = 0;
  loads = 0;
  sessionStorage.clear();
  save("sessionStorage", "phx:live-socket:debug", "false");
  document.title = "Fleet";
  document.cookie = "_bennu_flash=; max-age=0; path=/";
  history.replaceState(null, "", "/fleet");
  el = container(HTML);
  told = [];
  for (const name of ["before-navigate", "navigate", "page-loading-start", "page-loading-stop"]) {
    window.addEventListener(`phx:${name}`, (event) => told.push([name, (event as CustomEvent).detail]));
  }
  live = new LiveSocket("/live", { progress: false, serializer: "json" });
  live.connect();
});

afterEach(() => {
  live.disconnect();
  for (const [name, handler, options] of listeners.splice(0)) window.removeEventListener(name, handler, options);
});

function joined(): FakeSocket {
  const socket = FakeSocket.last.open();
  socket.answer("phx_join", { n: 1, resume: true });
  socket.sent.length = 0;
  told.length = 0;
  return socket;
}

/** The view that the page was loaded with sends a patch. */
function tell(socket: FakeSocket, diff: object): void {
  socket.receive(JSON.stringify(["1", null, "lv:phx-1", "diff", diff]));
}

const url = () => window.location.pathname + window.location.search;
const link = (id: string) => document.getElementById(id)!;
const state = () => history.state as Record<string, unknown>;

/** Whether the browser was left to do what it does with the click. */
function click(id: string, options: MouseEventInit = {}): boolean {
  const event = new dom.window.MouseEvent("click", { bubbles: true, cancelable: true, ...options });
  const browsers = link(id).dispatchEvent(event);
  event.preventDefault();
  return browsers;
}

/** The browser goes to an entry of its history. */
function pop(to: string, entry: object | null): void {
  history.replaceState(entry, "", to);
  window.dispatchEvent(new dom.window.PopStateEvent("popstate", { state: entry }));
}

function refuse(event: Event): void {
  event.preventDefault();
}

test("the first entry of the history is written once, and not when the page is loaded again", () => {
  joined();
  assert.deepEqual(state(), { type: "patch", id: "phx-1", position: 0 });
  history.replaceState({ type: "redirect", id: "phx-0", position: 3, scroll: 40 }, "");
  new LiveSocket("/live", { progress: false }).connect();
  assert.deepEqual(state(), { type: "redirect", id: "phx-0", position: 3, scroll: 40 });
});

test("a patch link waits for its answer, and then the URL is pushed", () => {
  const socket = joined();
  assert.equal(click("patch"), false);
  assert.equal(link("patch").classList.contains("phx-click-loading"), true, "at once");
  assert.deepEqual(socket.pushes("live_patch").map(({ payload }) => payload), [{ url: "http://localhost/fleet?page=2", ack: 0 }]);
  assert.equal(url(), "/fleet");
  const length = history.length;
  socket.answer("live_patch", {});
  assert.equal(link("patch").hasAttribute("class"), false);
  assert.deepEqual([url(), history.length], ["/fleet?page=2", length + 1]);
  assert.deepEqual(state(), { type: "patch", id: "phx-1", position: 1 });
  const href = "http://localhost/fleet?page=2";
  assert.deepEqual(told, [
    ["before-navigate", { href, patch: true, pop: false, direction: "forward" }],
    ["page-loading-start", { to: href, kind: "patch" }],
    ["navigate", { href, patch: true, pop: false, direction: "forward" }],
    ["page-loading-stop", { to: href, kind: "patch" }],
  ]);
  assert.deepEqual(socket.events(), ["live_patch"]);
});

test("a replaced URL adds no entry", () => {
  const socket = joined();
  const length = history.length;
  click("replace");
  socket.answer("live_patch", {});
  assert.deepEqual([url(), history.length, state().position], ["/fleet?page=3", length, 0]);
});

test("a link that is pending is ignored, and of two the last one wins", () => {
  const socket = joined();
  click("patch");
  click("patch");
  assert.equal(socket.pushes("live_patch").length, 1);
  const [first] = socket.pushes("live_patch");
  click("replace");
  socket.receive(JSON.stringify([first!.joinRef, first!.ref, first!.topic, "phx_reply", { status: "ok", response: {} }]));
  assert.equal(url(), "/fleet");
  socket.answer("live_patch", {});
  assert.equal(url(), "/fleet?page=3");
  assert.equal(document.querySelectorAll(".phx-click-loading").length, 0);
  assert.equal(told.filter(([name]) => name === "page-loading-start").length, told.filter(([name]) => name === "page-loading-stop").length);
});

test("what the browser is meant to do with a click is left to it", () => {
  const socket = joined();
  for (const options of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }]) assert.equal(click("patch", options), true);
  for (const [name, value] of [["target", "_blank"], ["download", ""], ["href", "https://example.com/fleet?page=2"], ["href", "/fleet#here"], ["href", "mailto:a@b.example"]]) {
    const before = link("patch").getAttribute(name!);
    link("patch").setAttribute(name!, value!);
    assert.equal(click("patch"), true, `${name}=${value}`);
    if (before === null) link("patch").removeAttribute(name!);
    else link("patch").setAttribute(name!, before);
  }
  link("patch").addEventListener("click", refuse, { once: true });
  click("patch");
  socket.close();
  assert.equal(click("patch"), true, "without a connection");
  assert.deepEqual(socket.sent, []);
});

test("a page may forbid a link, and the link's own command runs all the same", () => {
  const socket = joined();
  window.addEventListener("phx:before-navigate", refuse);
  click("patch");
  click("other");
  assert.deepEqual(socket.sent, []);
  click("spy");
  assert.deepEqual(socket.pushes("event").map(({ payload }) => payload.event), ["spy"]);
  assert.equal(socket.pushes("live_patch").length, 0);
});

test("another view joins while the old page stays, which nobody hears any more", () => {
  const socket = joined();
  click("other");
  assert.equal(link("other").className, "phx-click-loading");
  assert.deepEqual(socket.events(), ["phx_leave", "phx_join"]);
  const [leave] = socket.pushes("phx_leave");
  const [join] = socket.pushes("phx_join");
  assert.deepEqual([leave?.topic, leave?.payload], ["lv:phx-1", { navigate: true }]);
  assert.match(join!.topic, /^lv:[0-9a-f]{24}$/);
  assert.deepEqual(join?.payload, {
    session: "token", redirect: "http://localhost/missions", params: { _mounts: 0, _live_referer: "http://localhost/fleet" },
  });
  socket.receive(JSON.stringify([leave!.joinRef, null, "lv:phx-1", "phx_close", { reason: "ended" }]));
  link("go").click();
  assert.equal(socket.events().length, 2, "the old page belongs to nobody");
  assert.deepEqual([url(), el.isConnected], ["/fleet", true]);

  socket.answer("phx_join", { n: 2, fresh: true, session: "other", id: "phx-2", diff: MISSIONS });
  assert.equal(el.isConnected, false);
  const main = document.querySelector("[data-phx-main]")!;
  assert.deepEqual([main.innerHTML, main.className, main.id, document.title], ["<h1>Missions</h1>", "phx-connected", "phx-1", "M"]);
  assert.equal(live.main?.el, main);
  assert.deepEqual([url(), state()], ["/missions", { type: "redirect", id: "phx-1", position: 1 }]);
  assert.deepEqual(scrolls, [0]);
  const href = "http://localhost/missions";
  assert.deepEqual(told, [
    ["before-navigate", { href, patch: false, pop: false, direction: "forward" }],
    ["page-loading-start", { to: href, kind: "redirect" }],
    ["navigate", { href, patch: false, pop: false, direction: "forward" }],
    ["page-loading-stop", { to: href, kind: "redirect" }],
  ]);

  socket.close();
  mock.timers.tick(10);
  const again = FakeSocket.last.open().pushes("phx_join");
  assert.deepEqual(again.map(({ topic, payload }) => [topic, payload.session, payload.url, payload.seq]), [[join!.topic, "other", href, 1]]);
});

test("a newer link gives up the view that is on its way", () => {
  const socket = joined();
  click("other");
  const [first] = socket.pushes("phx_join");
  click("patch");
  assert.deepEqual(socket.events(), ["phx_leave", "phx_join", "phx_leave", "phx_join"]);
  socket.receive(JSON.stringify([first!.joinRef, first!.ref, first!.topic, "phx_reply", { status: "ok", response: { n: 2, fresh: true, diff: MISSIONS } }]));
  assert.equal(el.isConnected, true);
  socket.answer("phx_join", { n: 3, fresh: true, session: "other", diff: MISSIONS });
  assert.deepEqual([url(), document.querySelector("h1")?.textContent], ["/fleet?page=2", "Missions"]);
});

test("a refused join, and a connection that goes, make the browser load the page", () => {
  const socket = joined();
  click("other");
  socket.answer("phx_join", { reason: "unauthorized" }, "error");
  assert.equal(loads, 1);
  assert.equal(document.querySelectorAll(".phx-click-loading").length, 0);
});

test("a connection that goes while a patch is pending makes the browser load the page", () => {
  const socket = joined();
  click("patch");
  socket.close();
  assert.equal(loads, 1);
});

test("a view that crashes while it patches comes back by itself, where it was", () => {
  const socket = joined();
  click("patch");
  socket.receive(JSON.stringify(["1", null, "lv:phx-1", "phx_error", { reason: "crashed" }]));
  assert.deepEqual([loads, url()], [0, "/fleet"]);
  mock.timers.tick(100);
  assert.equal(socket.pushes("phx_join").at(-1)?.payload.url, "http://localhost/fleet");
});

test("a patch that the server does not take makes the browser load the page", () => {
  const socket = joined();
  click("patch");
  socket.answer("live_patch", { reason: "not this view" }, "error");
  assert.equal(loads, 1);
});

test("a view that moves by itself tells the page, and wins over the link that was clicked", () => {
  const socket = joined();
  tell(socket, { seq: 1, ops: [["patched", "/fleet?page=7#x", 0]] });
  assert.deepEqual([window.location.href, state().position], ["http://localhost/fleet?page=7#x", 1]);
  assert.deepEqual(told, [["navigate", { href: "http://localhost/fleet?page=7#x", patch: true, pop: false, direction: "forward" }]]);
  click("patch");
  socket.answer("live_patch", { diff: { seq: 2, ops: [["patched", "/fleet?page=9", 1]] } });
  assert.deepEqual([url(), state().position], ["/fleet?page=9", 1], "replaced, and the link's URL was not entered");
});

test("the server's navigation is not asked about, and carries messages", () => {
  const socket = joined();
  window.addEventListener("phx:before-navigate", refuse);
  tell(socket, { seq: 1, ops: [["navigate", "/missions", 1, "f.1.s"]] });
  assert.equal(socket.pushes("phx_join").at(-1)?.payload.flash, "f.1.s");
  const length = history.length;
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff: MISSIONS });
  assert.deepEqual([url(), history.length], ["/missions", length]);
});

test("messages survive a refused navigation and a redirect", () => {
  const socket = joined();
  tell(socket, { seq: 1, ops: [["navigate", "/missions", 0, "f.1.s"]] });
  socket.answer("phx_join", { reason: "unauthorized" }, "error");
  assert.deepEqual([loads, document.cookie], [1, "_bennu_flash=f.1.s"]);
});

test("a redirect loads the page with its messages, and only web addresses are loaded", () => {
  const socket = joined();
  tell(socket, { seq: 1, ops: [["redirect", "/login", "g.1.s"]] });
  assert.deepEqual([loads, document.cookie], [1, "_bennu_flash=g.1.s"]);
  tell(socket, { seq: 2, ops: [["redirect", "javascript:alert(1)", ""]] });
  assert.equal(loads, 1);
});

test("a join that leads on is followed", () => {
  const socket = joined();
  click("other");
  socket.answer("phx_join", { live_redirect: { to: "/missions/1", kind: "push", flash: "f.1.s" } }, "error");
  const [, second] = socket.pushes("phx_join");
  assert.deepEqual([second?.payload.redirect, second?.payload.flash], ["http://localhost/missions/1", "f.1.s"]);
  socket.answer("phx_join", { n: 3, fresh: true, session: "other", diff: MISSIONS });
  assert.equal(url(), "/missions/1");
});

test("the way back within a view is a patch, and finds its place", () => {
  const socket = joined();
  click("patch");
  socket.answer("live_patch", {});
  told.length = 0;
  pop("/fleet", { type: "patch", backType: "patch", id: "phx-1", position: 0, scroll: 120 });
  assert.deepEqual(told[0], ["before-navigate", { href: "http://localhost/fleet", patch: true, pop: true, direction: "backward" }]);
  assert.deepEqual(told[1], ["navigate", { href: "http://localhost/fleet", patch: true, pop: true, direction: "backward" }]);
  assert.equal(el.className, "phx-loading", "nothing else shows that the page waits");
  assert.equal(socket.pushes("live_patch").at(-1)?.payload.url, "http://localhost/fleet");
  assert.deepEqual(scrolls, []);
  socket.answer("live_patch", {});
  assert.deepEqual([el.className, scrolls], ["phx-connected", [120]]);
  pop("/fleet?page=2", { type: "patch", id: "phx-1", position: 1 });
  assert.deepEqual(told.at(-1), ["page-loading-start", { to: "http://localhost/fleet?page=2", kind: "patch" }]);
  const [, last] = told.filter(([name]) => name === "navigate").at(-1)!;
  assert.equal((last as { direction: string }).direction, "forward");
});

test("the way back to another view, or into an entry of an older page load, mounts it", () => {
  const socket = joined();
  pop("/fleet?page=1", { type: "patch", backType: "redirect", id: "phx-1", position: -1 });
  assert.deepEqual(socket.events(), ["phx_leave", "phx_join"]);
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff: MISSIONS });
  assert.deepEqual(scrolls, [0], "an entry that knows no place is shown from its top");
  pop("/fleet?page=9", { type: "patch", id: "phx-0", position: 4 });
  assert.equal(socket.pushes("phx_join").length, 2);
});

test("a patch back to what is another view by now becomes a navigation", () => {
  const socket = joined();
  pop("/fleet?page=1", { type: "patch", id: "phx-1", position: 1 });
  socket.answer("live_patch", { reason: "not this view" }, "error");
  assert.deepEqual([loads, socket.events()], [0, ["live_patch", "phx_leave", "phx_join"]]);
});

test("a forbidden way back is stepped back without a sound", () => {
  const socket = joined();
  const steps: unknown[] = [];
  mock.method(history, "go", (delta: number) => steps.push(delta));
  window.addEventListener("phx:before-navigate", refuse);
  const there = () => pop("/fleet", { type: "patch", id: "phx-1", position: 0 });
  for (const position of [-1, 1, -3, undefined]) {
    pop("/fleet?page=0", { type: "patch", backType: "patch", id: "phx-1", ...(position === undefined ? {} : { position }) });
    there();
  }
  assert.deepEqual(steps, [1, -1, 3, 1], "by as many entries as the browser went, as far as that is known");
  assert.equal(told.filter(([name]) => name === "navigate").length, 0);
  assert.deepEqual(socket.sent, []);
  mock.restoreAll();
});

test("a place in the page is no navigation, and gets an entry that is known", () => {
  const socket = joined();
  pop("/fleet#here", null);
  assert.deepEqual([socket.sent, told], [[], []]);
  assert.deepEqual(state(), { type: "patch", id: "phx-1", position: 1 });
});

test("where the page is scrolled to is noted when scrolling has stopped", () => {
  joined();
  Object.defineProperty(window, "scrollY", { configurable: true, value: 300 });
  window.dispatchEvent(new dom.window.Event("scroll"));
  mock.timers.tick(99);
  window.dispatchEvent(new dom.window.Event("scroll"));
  mock.timers.tick(99);
  assert.equal(state().scroll, undefined);
  mock.timers.tick(1);
  assert.equal(state().scroll, 300);
  Object.defineProperty(window, "scrollY", { configurable: true, value: 0 });
});

test("commands push, and then lead on", () => {
  const socket = joined();
  click("go");
  assert.deepEqual(socket.events(), ["event", "phx_leave", "phx_join"]);
  const length = history.length;
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff: MISSIONS });
  assert.deepEqual([url(), history.length], ["/missions", length]);
});

test("focus that the old view had goes to the new one", () => {
  const socket = joined();
  link("field").focus();
  click("other");
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff: MISSIONS });
  assert.equal(document.activeElement, live.main?.el);
  live.main?.el.blur();
  assert.equal(live.main?.el.hasAttribute("tabindex"), false);
});

function rest(id: string): void {
  link(id).dispatchEvent(new dom.window.Event("pointerover", { bubbles: true }));
}

test("a link that the pointer rests on is joined in advance, and shows at once when it is clicked", () => {
  const socket = joined();
  rest("other");
  mock.timers.tick(79);
  assert.deepEqual(socket.sent, []);
  mock.timers.tick(1);
  assert.deepEqual(socket.events(), ["phx_join"]);
  rest("other");
  mock.timers.tick(80);
  assert.equal(socket.events().length, 1, "once");
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff: MISSIONS });
  assert.deepEqual([el.isConnected, document.title], [true, "Fleet"]);
  click("other");
  assert.deepEqual(socket.events(), ["phx_join", "phx_leave"]);
  assert.equal(socket.pushes("phx_leave")[0]?.topic, "lv:phx-1");
  assert.deepEqual([url(), document.querySelector("h1")?.textContent, document.title], ["/missions", "Missions", "M"]);
});

test("a view that was joined in advance leaves when nobody wants it", () => {
  const socket = joined();
  rest("other");
  mock.timers.tick(80);
  const { topic } = socket.pushes("phx_join")[0]!;
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff: MISSIONS });
  mock.timers.tick(5_000);
  assert.equal(socket.pushes("phx_leave")[0]?.topic, topic);
  click("patch");
  socket.answer("live_patch", {});
  assert.equal(url(), "/fleet?page=2", "the page's own view goes on");
});

test("a view that was joined in advance and has crashed since is joined anew", () => {
  const socket = joined();
  rest("other");
  mock.timers.tick(80);
  const { topic, joinRef } = socket.pushes("phx_join")[0]!;
  socket.answer("phx_join", { n: 2, fresh: true, session: "other", diff: MISSIONS });
  socket.receive(JSON.stringify([joinRef, null, topic, "phx_error", {}]));
  click("other");
  assert.equal(url(), "/fleet");
  socket.answer("phx_join", { n: 3, fresh: true, session: "third", diff: MISSIONS });
  assert.deepEqual([url(), socket.pushes("phx_join").length, live.main?.isConnected()], ["/missions", 2, true]);
});

test("a link asks before it is followed, and one with a method submits a form", () => {
  joined();
  const submitted: HTMLFormElement[] = [];
  window.addEventListener("submit", (event) => {
    event.preventDefault();
    submitted.push(event.target as HTMLFormElement);
  });
  document.head.innerHTML = '<meta name="csrf-token" content="secret">';
  link("patch").setAttribute("data-method", "delete");
  link("patch").setAttribute("data-to", "/fleet/2");
  link("patch").setAttribute("data-confirm", "Really?");
  const asked: string[] = [];
  let answer = false;
  window.confirm = (text) => answer = (asked.push(text ?? ""), answer);
  click("patch");
  assert.deepEqual([asked, submitted.length], [["Really?"], 0]);
  answer = true;
  click("patch");
  const [form] = submitted;
  assert.deepEqual([form?.method, form?.getAttribute("action")], ["post", "/fleet/2"]);
  assert.deepEqual([...new FormData(form)], [["_csrf_token", "secret"], ["_method", "delete"]]);
  document.head.innerHTML = "";
});
