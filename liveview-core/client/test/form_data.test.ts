import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeControl, encodeForm, markFormUsed, markUsed, resetUsed, unusedKey, type Field } from "../src/form_data";
import { container } from "./dom";

function form(html: string, attributes = ""): HTMLFormElement {
  return container(`<form ${attributes}>${html}</form>`).firstElementChild as HTMLFormElement;
}

const field = (el: HTMLFormElement, name: string) => el.elements.namedItem(name) as unknown as Field;

test("the marker goes inside of the last brackets", () => {
  assert.deepEqual(["a", "user[name]", "user[tags][]", "tags[]", "a[b][c]"].map(unusedKey), [
    "_unused_a", "user[_unused_name]", "user[_unused_tags][]", "_unused_tags[]", "a[b][_unused_c]",
  ]);
});

test("untouched names are marked directly before their value, touched ones not, in DOM order", () => {
  const el = form('<input name="a" value="1"><input name="user[b]" value="x y"><input name="c">');
  markUsed(field(el, "a"));
  assert.equal(encodeForm(el, { target: "a" }), "a=1&user%5B_unused_b%5D=&user%5Bb%5D=x+y&_unused_c=&c=&_target=a");
});

test("hidden inputs and the submitter get no marker, and the submitter stands at its place", () => {
  const el = form('<input type="hidden" name="h" value="1"><button name="by" value="first">a</button><button name="by" value="second">b</button><input name="z">');
  markUsed(field(el, "z"));
  assert.equal(encodeForm(el), "h=1&z=");
  assert.equal(encodeForm(el, { submitter: el.querySelectorAll("button")[1]! }), "h=1&by=second&z=");
  assert.equal(el.querySelectorAll("input").length, 2);
});

test("a plain button that reports a change is sent like a submitter", () => {
  const el = form('<input name="a"><button type="button" name="add" value="1"></button>');
  markFormUsed(el);
  assert.equal(encodeForm(el, { submitter: el.querySelector("button") }), "a=&add=1");
});

test("controls tied by their form attribute count, unchecked boxes and files do not", () => {
  const el = form('<input type="checkbox" name="on" checked><input type="checkbox" name="off"><input type="file" name="f">', 'id="f1"');
  el.insertAdjacentHTML("afterend", '<input name="outside" form="f1" value="o">');
  markFormUsed(el);
  assert.equal(encodeForm(el), "on=on&outside=o");
});

test("a reset makes every control unused again, and the form can opt out of markers", () => {
  const el = form('<input name="a">');
  markFormUsed(el);
  resetUsed(el);
  assert.equal(encodeForm(el), "_unused_a=&a=");
  el.setAttribute("phx-no-unused-field", "");
  assert.equal(encodeForm(el), "a=");
});

test("one touched radio button makes its name used", () => {
  const el = form('<input type="radio" name="r" value="1" checked><input type="radio" name="r" value="2">');
  markUsed(el.querySelectorAll("input")[1]!);
  assert.equal(encodeForm(el), "r=1");
});

test("further values stand behind the form's own, and one name can be sent alone", () => {
  const el = form('<input name="a" value="1"><input name="b">');
  markFormUsed(el);
  assert.equal(encodeForm(el, { only: "a", extra: { id: 7 }, target: "a" }), "a=1&id=7&_target=a");
});

test("a control outside of any form makes a form of its own", () => {
  const el = container('<select name="s" multiple><option selected>1</option><option selected>2</option></select><input type="checkbox" name="c">');
  assert.equal(encodeControl(el.querySelector("select")!, { target: "s" }), "s=1&s=2&_target=s");
  assert.equal(encodeControl(el.querySelector("input")!), "");
});
