import "./dom";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { LiveSocket } from "../src/live_socket";
import type { Op } from "../src/ops";
import { Page } from "../src/page";
import { save } from "../src/storage";
import { containerOf } from "../src/teleported";
import { Templates } from "../src/templates";
import { dom } from "./dom";
import { FakeSocket } from "./fake_socket";
import { opsFor } from "./page_ops";

Object.defineProperty(globalThis, "WebSocket", { configurable: true, value: FakeSocket });
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
window.scrollTo = () => undefined;
window.requestAnimationFrame = () => 0;
save("sessionStorage", "phx:live-socket:debug", "false");

const portal = (id: string, target: string, content: string) =>
  `<template id="${id}" data-phx-portal="${target}"><div id="_lv_portal_wrap_${id}">${content}</div></template>`;
const shown = (id: string) => document.getElementById(`_lv_portal_wrap_${id}`);
const q = <T extends Element = HTMLElement>(selector: string) => document.querySelector<T>(selector)!;

/** The page's body: containers of views, and what is around them. */
function body(html = '<header id="top"></header><div id="phx-1" data-phx-main data-phx-session="token"></div>'): HTMLElement {
  document.body.innerHTML = html;
  return q("#phx-1");
}

function show(page: Page, html: string, ids: Record<string, number> = {}): Page {
  page.prepare(opsFor(html, ids));
  page.finish({ keepTyped: () => false });
  return page;
}

function pageOf(el: HTMLElement, html: string, ids: Record<string, number> = {}): Page {
  return show(new Page(el, new Templates(), () => undefined), html, ids);
}

/** Ops that make a portal in place of the node `at`. The wrapper is `id + 1`. */
function comes(at: number, id: number, name: string, target: string, content: string): Op[] {
  return [
    ["template", id, [["template", "", [], [["div", "", [["id", "", `_lv_portal_wrap_${name}`]], [content]]]]]],
    ["load", id, 0, id], ["assign", [0], id + 1],
    ["set", id, "id", "", name], ["set", id, "data-phx-portal", "", target],
    ["replace", at, 1],
  ];
}

test("what a portal contains stands below its target, is patched there, and goes with the portal", () => {
  const page = pageOf(body(), `<main>${portal("a", "#top", "<b>1</b>")}</main>`, { b: 10, template: 11 });
  assert.equal(q("#top").innerHTML, '<div id="_lv_portal_wrap_a" data-phx-teleported-src="a"><b>1</b></div>');
  page.patch([["set", 10, "title", "", "t"], ["create_text", 12, "2"], ["append", 10, 1]]);
  assert.equal(q("#top b").outerHTML, '<b title="t">12</b>');
  page.patch([["remove", 11]]);
  assert.equal(shown("a"), null);
});

test("a portal goes with what is around it, and no other does", () => {
  const page = pageOf(body(), `<main>${portal("a", "body", "a")}</main>${portal("b", "body", "b")}`);
  assert.deepEqual([shown("a")!.textContent, shown("b")!.textContent], ["a", "b"]);
  page.patch([["remove", 1]]);
  assert.deepEqual([shown("a"), shown("b")?.textContent], [null, "b"]);
});

test("a portal comes by a patch, also together with its target", () => {
  const page = pageOf(body(), "<p></p><i></i>");
  page.patch([
    ...comes(1, 20, "a", "#late", "hello"),
    ["template", 3, [["section", "", [["id", "", "late"]], []]]], ["load", 3, 0, 30], ["replace", 2, 1],
  ]);
  assert.equal(q("#late").textContent, "hello");
  assert.equal(q("template").id, "a");
});

test("a portal waits for its target, and again when that is gone", () => {
  const page = pageOf(body(), `${portal("a", "#late", "<b>1</b>")}<i></i>`, { b: 10 });
  assert.equal(shown("a"), null);
  const late = (id: number): Op[] => [["template", 5, [["section", "", [["id", "", "late"]], []]]], ["load", 5, 0, id]];
  page.patch([...late(30), ["after", 2, 1]]);
  assert.equal(q("#late b").textContent, "1");
  page.patch([["remove", 30]]);
  assert.equal(shown("a"), null);
  page.patch([["create_text", 40, "2"], ["append", 10, 1]]);
  page.patch([...late(31), ["before", 2, 1]]);
  assert.equal(q("#late b").textContent, "12", "with what was patched meanwhile");
});

test("the server may name another target", (t) => {
  const page = pageOf(body(), portal("a", "#top", "a"));
  page.patch([["set", 1, "data-phx-portal", "", "body"]]);
  assert.equal(shown("a")!.parentElement, document.body);
  page.patch([["set", 1, "data-phx-portal", "", "div:empty"]]);
  assert.equal(shown("a")!.parentElement, document.body, "no such element: it stays");
  const complain = t.mock.method(console, "error", () => undefined);
  page.patch([["set", 1, "data-phx-portal", "", "]"]]);
  page.patch([]);
  assert.equal(complain.mock.callCount(), 1, "what is no selector is said once");
  page.patch([["set", 1, "data-phx-portal", "", "#_lv_portal_wrap_a"]]);
  assert.equal(shown("a")!.parentElement, document.body, "and not itself");
  page.patch([["set", 1, "data-phx-portal", "", "#top"]]);
  assert.equal(shown("a")!.parentElement, q("#top"));
});

test("portals in portals go and come back together, wherever they are shown", () => {
  const el = body();
  const inner = portal("inner", "body", `deep${portal("deep", "#in", "core")}`);
  const html = `<p></p><main>${portal("outer", "#top", `<i id="in"></i>${inner}`)}</main>`;
  const page = pageOf(el, html);
  assert.deepEqual([shown("inner")!.parentElement, q("#in").textContent], [document.body, "core"]);
  assert.ok(["outer", "inner", "deep"].every((id) => containerOf(shown(id)!) === el));
  page.patch([["remove", 2]]);
  assert.deepEqual(["outer", "inner", "deep"].map(shown), [null, null, null]);
  show(page, html);
  assert.deepEqual([shown("outer")!.parentElement, shown("inner")!.parentElement, q("#in").textContent], [q("#top"), document.body, "core"]);
  assert.equal(document.querySelectorAll("[data-phx-teleported-src]").length, 3);
});

test("a fresh page is merged with what is shown elsewhere: same nodes, focus and text, nothing twice", () => {
  const form = (n: number) => `<p>${n}</p><form id="f" class="c${n}"><input name="a"><b>${n}</b></form>`;
  const page = pageOf(body(), `<h1></h1>${portal("a", "body", form(1))}${portal("gone", "body", "gone")}`, { form: 10 });
  const [wrapper, input] = [shown("a"), q<HTMLInputElement>("input")];
  input.focus();
  input.value = "typed";
  q("#f").classList.add("mine");
  show(page, `<h1></h1><h2></h2>${portal("a", "body", form(2))}${portal("new", "body", "new")}`, { b: 20, template: 21 });
  assert.equal(shown("a"), wrapper);
  assert.equal(wrapper!.outerHTML, `<div id="_lv_portal_wrap_a" data-phx-teleported-src="a"><p>2</p><form id="f" class="c2 mine"><input name="a"><b>2</b></form></div>`);
  assert.deepEqual([q("input"), document.activeElement, input.value], [input, input, "typed"]);
  assert.deepEqual([shown("gone"), shown("new")?.textContent, document.querySelectorAll("#f").length], [null, "new", 1]);
  assert.equal(q("template").innerHTML, "");
  page.patch([["set", 20, "title", "", "live"]]);
  assert.equal(wrapper!.querySelector("b")!.title, "live", "the new ids name the old nodes");
});

test("a fresh page is merged around what is shown in it", () => {
  const page = pageOf(body(), `<ul id="list"><li>1</li></ul>${portal("a", "#list", "<input>")}`);
  const input = q("input");
  input.focus();
  show(page, `<ul id="list"><li>1</li><li>2</li></ul>${portal("a", "#list", "<input>")}`);
  assert.deepEqual([...q("#list").children].map(({ localName }) => localName), ["li", "li", "div"]);
  assert.deepEqual([q("input"), document.activeElement], [input, input]);
});

test("a portal that waits is merged, too", () => {
  const page = pageOf(body(), portal("a", "#late", "1"));
  show(page, portal("a", "#late", "<b>2</b>"));
  show(page, `<i id="late"></i>${portal("a", "#late", "<b>3</b>")}`);
  assert.equal(q("#late").innerHTML, '<div id="_lv_portal_wrap_a" data-phx-teleported-src="a"><b>3</b></div>');
});

test("views show portals in each other, and keep off what is not theirs", () => {
  body('<div id="phx-1" data-phx-session="a"></div><div id="phx-2" data-phx-session="b"></div>');
  const one = pageOf(q("#phx-1"), "<p>1</p>");
  const two = pageOf(q("#phx-2"), `<main>${portal("a", "#phx-1", "<b>mine</b>")}</main>`);
  assert.equal(containerOf(q("b")), q("#phx-2"));
  show(one, "<p>1</p><p>2</p>");
  assert.equal(q("#phx-1").textContent, "12mine");
  two.patch([["remove", 1]]);
  assert.equal(q("#phx-1").textContent, "12");
});

test("a view that is in what a portal shows is its own", () => {
  const el = body();
  pageOf(el, portal("a", "body", '<div id="child" data-phx-session="child"><b></b></div><i></i>'));
  assert.deepEqual([containerOf(q("b")), containerOf(q("#child")), containerOf(q("i"))], [q("#child"), q("#child"), el]);
});

test("listeners hear what happens in a portal that they are around in the markup", () => {
  const page = pageOf(body(), `<main>${portal("a", "body", "<b></b>")}</main>`, { b: 10 });
  page.patch([["listen", 1, "click"]]);
  assert.equal(page.listener(q("b"), "click", true)?.id, 1);
  assert.equal(page.listener(q("b"), "click", false), undefined);
  page.patch([["listen", 10, "click"]]);
  assert.equal(page.listener(q("b"), "click", true)?.id, 10);
});

test("a template that is no portal is patched inside", () => {
  const page = pageOf(body(), "<template><p>1</p></template>", { p: 10 });
  page.patch([["create_text", 11, "2"], ["append", 10, 1], ["create_text", 12, "3"], ["append", 1, 1]]);
  const template = q<HTMLTemplateElement>("template");
  assert.deepEqual([template.innerHTML, template.childNodes.length], ["<p>12</p>3", 0]);
  show(page, "<template><p>4</p></template>");
  assert.equal(template.innerHTML, "<p>4</p>");
});

let live: LiveSocket | undefined;

beforeEach(() => {
  FakeSocket.all = [];
  history.replaceState(null, "", "/fleet");
});

afterEach(() => {
  live?.disconnect();
  live = undefined;
});

function fresh(socket: FakeSocket, html: string): void {
  socket.answer("phx_join", { n: 1, fresh: true, diff: { seq: 1, ops: opsFor(html) } });
}

function joined(html: string): FakeSocket {
  body();
  live = new LiveSocket("/live", { serializer: "json", progress: false });
  live.connect();
  const socket = FakeSocket.last.open();
  fresh(socket, html);
  return socket;
}

function answer(socket: FakeSocket, response: object = {}): void {
  const { joinRef, ref, topic } = socket.pushes("event").at(-1)!;
  socket.receive(JSON.stringify([joinRef, ref, topic, "phx_reply", { status: "ok", response }]));
}

const events = (socket: FakeSocket) => socket.pushes("event").map(({ payload }) => [payload.type, payload.event, payload.value]);

test("bindings in a portal reach the view that rendered it", () => {
  const socket = joined(portal("a", "body", '<button phx-click="inc" phx-value-by="2"></button><i phx-window-keydown="esc"></i>'));
  q("button").click();
  document.body.dispatchEvent(new dom.window.KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  assert.deepEqual(events(socket).map(([, event]) => event), ["inc", "esc"]);
  assert.equal(q("button").getAttribute("data-phx-ref-src"), "phx-1");
});

test("a form in a portal is recovered, and what it missed is sent", () => {
  const form = '<form id="f" phx-change="validate"><input name="a" value="old"></form><input name="c" form="f" value="c">';
  const typed = () => {
    q<HTMLInputElement>("[name=a]").value = "typed";
    q("[name=a]").dispatchEvent(new dom.window.Event("input", { bubbles: true }));
  };
  const first = joined(portal("a", "body", form));
  typed();
  answer(first);
  first.close();
  mock.timers.tick(20);
  const second = FakeSocket.last.open();
  fresh(second, portal("a", "body", form));
  assert.deepEqual(events(second), [["form", "validate", "a=typed&_unused_c=&c=c&_target=a"]]);
  answer(second);
  assert.deepEqual([q<HTMLInputElement>("[name=a]").value, document.querySelectorAll("#f").length], ["typed", 1]);

  second.close();
  q<HTMLInputElement>("[name=a]").value = "offline";
  q("[name=a]").dispatchEvent(new dom.window.Event("input", { bubbles: true }));
  mock.timers.tick(20);
  const third = FakeSocket.last.open();
  third.answer("phx_join", { n: 1 });
  assert.deepEqual(events(third), [["form", "validate", "a=offline&_unused_c=&c=c&_target=a"]]);
});

test("a form in a portal is posted by the browser, and stays in the page until that has left", async (t) => {
  let connected: boolean | undefined;
  t.mock.method(dom.window.HTMLFormElement.prototype, "submit", function (this: HTMLFormElement) {
    connected = this.isConnected;
  });
  joined(portal("a", "body", '<form phx-trigger-action=""></form>'));
  await Promise.resolve();
  assert.equal(connected, true);
  mock.timers.tick(60_000);
  assert.notEqual(q("form"), null);
});

test("the next view's portals take the place of the old view's when it shows", () => {
  const link = '<a id="on" href="/missions" data-phx-link="navigate" data-phx-link-state="push">M</a>';
  const socket = joined(portal("old", "body", `${link}<input id="i">`));
  q("#i").focus();
  q("#on").dispatchEvent(new dom.window.MouseEvent("click", { bubbles: true, cancelable: true, button: 0 }));
  assert.notEqual(shown("old"), null, "until there is something else to see");
  fresh(socket, `<h1>M</h1>${portal("new", "body", '<input id="j" autofocus>')}`);
  assert.deepEqual([shown("old"), q("h1").textContent, document.activeElement], [null, "M", q("#j")]);
  assert.equal(containerOf(q("#j")), live!.main!.el);
});
