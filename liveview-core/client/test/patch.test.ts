import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { WireError } from "../src/bytes";
import { LoadingStates } from "../src/loading";
import type { Op } from "../src/ops";
import { Page } from "../src/page";
import { Templates } from "../src/templates";
import { container } from "./dom";

/** A page that is built from nothing by `ops`, as a fresh join does it. */
function built(ops: Op[]) {
  const el = container("");
  const heard: string[] = [];
  const page = new Page(el, new Templates(), (event) => heard.push(event));
  page.prepare(ops);
  page.finish({ keepTyped: () => false });
  return { el, page, heard };
}

const LIST: Op[] = [
  ["template", 1, [["ul", "", [["class", "", "list"]], [0, "tail"]]]],
  ["template", 2, [["li", "", [], [0]]]],
  ["load", 1, 0, 1], ["assign", [0], 2],
  ["load", 2, 0, 3], ["create_text", 4, "a"], ["fill", [0], 1],
  ["load", 2, 0, 5], ["create_text", 6, "b"], ["fill", [0], 1],
  ["replace", 2, 2], ["append", 0, 1],
];

test("templates, paths and the stack build a page", () => {
  const { el, page } = built(LIST);
  assert.equal(el.innerHTML, '<ul class="list"><li>a</li><li>b</li>tail</ul>');
  assert.equal(page.table.get(0), el);
  page.patch([["text", 4, "A"], ["remove", 5], ["load", 2, 0, 7], ["create_text", 8, "c"], ["fill", [0], 1], ["before", 3, 1]]);
  assert.equal(el.innerHTML, '<ul class="list"><li>c</li><li>A</li>tail</ul>');
});

test("moved nodes stay the same nodes, in the order of the stack", () => {
  const { el, page } = built(LIST);
  const [a, b] = el.querySelectorAll("li");
  page.patch([["push", 5], ["push", 3], ["after", 5, 2]]);
  assert.deepEqual([...el.querySelectorAll("li")], [b, a]);
});

test("a placeholder is a comment that can be replaced, and the other way round", () => {
  const { el, page } = built(LIST);
  page.patch([["placeholder", 9], ["replace", 3, 1]]);
  assert.equal(el.innerHTML, '<ul class="list"><!----><li>b</li>tail</ul>');
  page.patch([["create_text", 10, "x"], ["replace", 9, 1]]);
  assert.equal(el.innerHTML, '<ul class="list">x<li>b</li>tail</ul>');
});

test("SVG elements and attributes get their namespaces", () => {
  const svg = "http://www.w3.org/2000/svg";
  const xlink = "http://www.w3.org/1999/xlink";
  const { el, page } = built([
    ["template", 1, [["svg", svg, [["viewBox", "", "0 0 1 1"]], [["use", svg, [["xlink:href", xlink, "#a"]], []]]]]],
    ["load", 1, 0, 1], ["assign", [0], 2], ["append", 0, 1],
  ]);
  const use = el.querySelector("use")!;
  assert.equal(use.namespaceURI, svg);
  assert.equal(use.getAttributeNS(xlink, "href"), "#a");
  assert.equal(el.querySelector("svg")!.getAttribute("viewBox"), "0 0 1 1");
  page.patch([["set", 2, "xlink:href", xlink, "#b"]]);
  assert.equal(use.getAttributeNS(xlink, "href"), "#b");
  page.patch([["unset", 2, "xlink:href", xlink]]);
  assert.equal(use.attributes.length, 0);
});

test("styles go through CSSOM, single properties and whole attributes", () => {
  const { el, page } = built([["template", 1, [["p", "", [["style", "", "color: red"]], []]]], ["load", 1, 0, 1], ["append", 0, 1]]);
  const p = el.querySelector("p")!;
  assert.equal(p.style.color, "red");
  page.patch([["set", 1, "width", "style", "50%"], ["set", 1, "--x", "style", "1"]]);
  assert.deepEqual([p.style.width, p.style.getPropertyValue("--x")], ["50%", "1"]);
  page.patch([["unset", 1, "width", "style"]]);
  assert.equal(p.style.width, "");
});

test("live attributes set the property as well", () => {
  const { el, page } = built([
    ["template", 1, [["input", "", [["type", "", "checkbox"]], []], ["input", "", [], []], ["video", "", [], []]]],
    ["load", 1, 0, 1], ["load", 1, 1, 2], ["load", 1, 2, 3], ["append", 0, 3],
  ]);
  const [box, text] = el.querySelectorAll("input");
  box!.checked = true;
  text!.value = "typed";
  page.patch([["set", 1, "checked", "", ""], ["set", 2, "value", "", "server"], ["set", 3, "muted", "", ""], ["set", 1, "indeterminate", "", ""]]);
  assert.deepEqual([box!.checked, box!.indeterminate, text!.value, el.querySelector("video")!.muted], [true, true, "server", true]);
  page.patch([["unset", 1, "checked", ""], ["unset", 2, "value", ""]]);
  assert.deepEqual([box!.checked, text!.value], [false, ""]);
});

test("a select shows the server's value although its options come after it", () => {
  const { el } = built([
    ["template", 1, [["select", "", [], [0]]]], ["template", 2, [["option", "", [], [0]]]],
    ["load", 1, 0, 1], ["assign", [0], 2], ["set", 1, "value", "", "b"],
    ["load", 2, 0, 3], ["set", 3, "value", "", "a"], ["load", 2, 0, 4], ["set", 4, "value", "", "b"], ["replace", 2, 2], ["append", 0, 1],
  ]);
  assert.equal(el.querySelector("select")!.value, "b");
});

test("inner HTML is set and taken away", () => {
  const { el, page } = built([["template", 1, [["div", "", [], []]]], ["load", 1, 0, 1], ["set", 1, "dangerous_inner_html", "", "<b>x</b>"], ["append", 0, 1]]);
  assert.equal(el.innerHTML, "<div><b>x</b></div>");
  page.patch([["unset", 1, "dangerous_inner_html", ""]]);
  assert.equal(el.innerHTML, "<div></div>");
});

test("title, URLs and events come back as effects, in order", () => {
  const { page } = built(LIST);
  assert.deepEqual(page.patch([["event", "a", { x: 1 }], ["title", "T"], ["patched", "/x", 0], ["patched", "/y", 1], ["event", "b", null]]), {
    title: "T",
    patched: [{ to: "/x", kind: "push" }, { to: "/y", kind: "replace" }],
    leave: undefined,
    events: [{ name: "a", payload: { x: 1 } }, { name: "b", payload: null }],
  });
});

test("where a page is sent comes back as an effect", () => {
  const { page } = built(LIST);
  assert.deepEqual(page.patch([["redirect", "/x", "token"]]).leave, { to: "/x", kind: undefined, flash: "token" });
  assert.deepEqual(page.patch([["navigate", "/y", 1, ""]]).leave, { to: "/y", kind: "replace", flash: "" });
});

test("listeners are found from inside, the innermost first, and only while the node has its id", () => {
  const { el, page, heard } = built([...LIST, ["listen", 1, "click"], ["listen", 3, "click"]]);
  const [a, b] = el.querySelectorAll("li");
  assert.deepEqual(heard, ["click", "click"]);
  assert.deepEqual(page.listener(a!, "click", true), { el: a, id: 3 });
  assert.deepEqual(page.listener(b!, "click", true)?.id, 1);
  assert.equal(page.listener(b!, "click", false), undefined);
  page.patch([["unlisten", 3, "click"]]);
  assert.equal(page.listener(a!, "click", true)?.id, 1);
});

test("the server edits its own classes only", () => {
  const { el, page } = built(LIST);
  const ul = el.querySelector("ul")!;
  ul.classList.add("mine");
  page.patch([["set", 1, "class", "", "list long"]]);
  assert.equal(ul.className, "list long mine");
  ul.classList.remove("long");
  page.patch([["set", 1, "class", "", "list long wide"]]);
  assert.equal(ul.className, "list wide mine", "what a script took away stays away");
  page.patch([["unset", 1, "class", ""]]);
  assert.equal(ul.className, "mine");
});

test("edits below a button whose text is replaced show when it is back", () => {
  const { el, page } = built([
    ["template", 1, [["button", "", [["phx-disable-with", "", "Wait"]], [0]]]],
    ["load", 1, 0, 1], ["create_text", 2, "Save"], ["fill", [0], 1], ["append", 0, 1],
  ]);
  const button = el.querySelector("button")!;
  const loading = new LoadingStates("phx-1");
  const ref = loading.begin("click", [{ el: button, lock: true, shown: true }]);
  assert.deepEqual([button.textContent, button.disabled, button.className], ["Wait", true, "phx-click-loading"]);
  page.patch([["text", 2, "Saved"], ["create_text", 3, "!"], ["append", 1, 1], ["set", 1, "disabled", "", ""]]);
  assert.equal(button.textContent, "Wait");
  loading.end(ref);
  assert.deepEqual([button.textContent, button.disabled], ["Saved!", true], "disabled is the server's now");
  page.patch([["unset", 1, "disabled", ""]]);
  assert.equal(button.outerHTML, '<button phx-disable-with="Wait">Saved!</button>');
});

test("edits that do not fit the page are errors", () => {
  const { page } = built(LIST);
  const wrong: Op[] = [["text", 99, "x"], ["text", 1, "x"], ["append", 0, 1], ["load", 9, 0, 1], ["set", 4, "a", "", "b"], ["load", 1, 4, 1]];
  for (const op of wrong) assert.throws(() => page.patch([op]), WireError, op.join());
  assert.throws(() => page.patch([["load", 2, 0, 1], ["assign", [4], 2]]), WireError);
  assert.throws(() => page.patch([["nonsense"] as never]), WireError);
});
