import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepingFocus } from "../src/focus";
import { merge } from "../src/merge";
import { Page } from "../src/page";
import { Templates } from "../src/templates";
import { container } from "./dom";

function merged(live: string, fresh: string, keepTyped = false, before: (el: HTMLElement) => void = () => undefined) {
  const el = container(live);
  // A page remembers what the first HTML's classes are.
  new Page(el, new Templates(), () => undefined);
  before(el);
  const detached = document.createElement("div");
  detached.innerHTML = fresh;
  const kept = keepingFocus(() => merge(el, detached, { keepTyped: () => keepTyped }));
  return { el, kept };
}

test("the result is what the fresh render is", () => {
  for (const [live, fresh] of [
    ["<p>a</p>", "<p>b</p><!----><i>c</i>"],
    ["<p>a</p><i>x</i>", '<i title="t">y</i>'],
    ["text", "<b>text</b>tail"],
    ['<ul><li id="a">1</li><li id="b">2</li><li id="c">3</li></ul>', '<ul><li id="c">3</li><li id="x">9</li><li id="a">1</li></ul>'],
    ['<p id="a"></p><div><p id="b"></p></div>', '<div><p id="a"></p></div><p id="b"></p>'],
    ['<p id="a">1</p>', '<i id="a">1</i>'],
    ['<input type="text"><input type="checkbox">', '<input type="checkbox"><input type="text">'],
    ["a<!----><b></b>", "<!---->a<b></b>"],
    ["<table><tbody><tr><td>1</td></tr></tbody></table>", "<table><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table>"],
  ]) {
    assert.equal(merged(live!, fresh!).el.innerHTML, fresh);
  }
});

test("nodes that stand for the same thing stay, matched by id or by place", () => {
  const { el, kept } = merged('<h1>t</h1><ul><li id="a">1</li><li id="b">2</li></ul>', '<h1>T</h1><ul><li id="b">2</li></ul>', false, (live) => {
    Object.assign(live.querySelector("#b")!, { mark: 1 });
    Object.assign(live.querySelector("h1")!, { mark: 2 });
  });
  assert.deepEqual([...el.querySelectorAll("h1, li")].map((node) => (node as never as { mark: number }).mark), [2, 1]);
  assert.equal([...kept.values()].includes(el.querySelector("h1")!), true);
});

test("what an extension put in goes, and what stands behind it does not move", () => {
  const { el } = merged("<form><label>a</label><input></form>", "<form><label>a</label><input></form>", true, (live) => {
    live.querySelector("form")!.prepend(document.createElement("x-widget"));
    live.querySelector("input")!.focus();
    live.querySelector("input")!.value = "typed";
  });
  assert.equal(el.innerHTML, "<form><label>a</label><input></form>");
  assert.equal(document.activeElement, el.querySelector("input"));
  assert.equal(el.querySelector("input")!.value, "typed");
});

test("something new in front of a form does not cost the form its state", () => {
  const { el } = merged("<form><input></form><div>b</div>", "<div>a</div><form><input></form><div>b</div>", false, (live) => {
    Object.assign(live.querySelector("form")!, { mark: 1 });
  });
  assert.equal((el.querySelector("form") as never as { mark: number }).mark, 1);
  assert.equal(el.innerHTML, "<div>a</div><form><input></form><div>b</div>");
});

test("focus and selection survive a move", () => {
  const { el } = merged('<p id="p"></p><input id="i">', '<input id="i"><p id="p"></p>', false, (live) => {
    const input = live.querySelector("input")!;
    input.focus();
    input.value = "typed";
    input.setSelectionRange(2, 3);
  });
  const input = el.querySelector("input")!;
  assert.deepEqual([document.activeElement, input.value, input.selectionStart, input.selectionEnd], [input, "typed", 2, 3]);
});

test("classes that scripts added stay, those that the server gave up go", () => {
  const { el } = merged('<p class="a b"></p><i class="x"></i>', '<p class="a c"></p><i></i>', false, (live) => {
    live.querySelector("p")!.classList.add("mine");
  });
  assert.equal(el.innerHTML, '<p class="a c mine"></p><i></i>');
});

test("on the page's first join typed text stays, unless the server has another mind", () => {
  const typed = (live: HTMLElement) => live.querySelectorAll("input").forEach((input) => (input.value = "typed"));
  const { el } = merged('<input value="a"><input><input value="c">', '<input value="a"><input><input value="C">', true, typed);
  assert.deepEqual([...el.querySelectorAll("input")].map((input) => input.value), ["typed", "typed", "C"]);
});

test("on a later join controls show what the server says, but the focused one keeps its text", () => {
  const { el } = merged('<input value="a"><input><input type="checkbox"><textarea>t</textarea>', '<input value="a"><input><input type="checkbox"><textarea>t</textarea>', false, (live) => {
    live.querySelectorAll<HTMLInputElement>("input, textarea").forEach((input) => (input.value = "typed"));
    live.querySelectorAll("input")[2]!.checked = true;
    live.querySelectorAll("input")[1]!.focus();
  });
  const [a, b, box] = el.querySelectorAll("input");
  assert.deepEqual([a!.value, b!.value, box!.checked, el.querySelector("textarea")!.value], ["a", "typed", false, "t"]);
});

test("a form keeps its nodes also if one of its controls is called id", () => {
  const html = '<p></p><form><input name="id"><input name="b"></form>';
  const { el } = merged(html, html, false, (live) => void Object.assign(live.querySelector("form")!, { mark: 1 }));
  assert.equal((el.querySelector("form") as unknown as { mark: number }).mark, 1);
});

test("what is in a nested view stands for nothing of the page around it, whatever its ids", () => {
  const nested = (label: string) => `<div id="inner" data-phx-session="t"><p id="a">${label}</p></div>`;
  const { el, kept } = merged(`${nested("its own")}<b></b>`, `<p id="a">new</p>${nested("first HTML")}<b></b>`);
  assert.equal(el.innerHTML, `<p id="a">new</p>${nested("its own")}<b></b>`);
  assert.equal([...kept.values()].some((node) => node.textContent === "its own" && node.nodeName === "P"), false);
});
