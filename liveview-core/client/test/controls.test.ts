import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { setAttribute } from "../src/attributes";
import { noteSent, release, setChecked, setSelected, setValue, settleSelects, sync } from "../src/controls";
import { LoadingStates } from "../src/loading";
import { container } from "./dom";

function control<T extends Element>(html: string): T {
  return container(`<form>${html}</form>`).querySelector("form")!.firstElementChild as T;
}

function type(el: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  el.focus();
  el.value = value;
  el.setSelectionRange(1, 1);
}

test("a focused input keeps its text and caret while its other attributes follow the server", () => {
  const el = control<HTMLInputElement>('<input value="a" title="1">');
  type(el, "abc");
  setAttribute(el, "value", "", "server");
  setAttribute(el, "title", "", "2");
  assert.deepEqual([el.value, el.selectionStart, el.getAttribute("value"), el.title], ["abc", 1, "server", "2"]);
});

test("an untouched but focused input does not change under the caret either", () => {
  const el = control<HTMLInputElement>('<input value="a">');
  el.focus();
  setValue(el, "server");
  assert.equal(el.value, "a");
  el.blur();
  release(el);
  assert.equal(el.value, "server");
});

test("when it is left, it shows what the server made of what was sent", () => {
  const el = control<HTMLInputElement>("<input>");
  type(el, "loud");
  noteSent(el);
  setValue(el, "LOUD");
  assert.equal(el.value, "loud");
  el.blur();
  release(el);
  assert.equal(el.value, "LOUD");
});

test("text that the server was never told stays when the control is left", () => {
  const el = control<HTMLInputElement>("<input>");
  type(el, "draft");
  setValue(el, "server");
  el.blur();
  release(el);
  assert.equal(el.value, "draft");
});

test("phx-patch-focused gives the focused control to the server", () => {
  const el = control<HTMLInputElement>("<input phx-patch-focused>");
  type(el, "abc");
  setValue(el, "server");
  assert.equal(el.value, "server");
});

test("text areas and selects keep what the person gave them while focused", () => {
  const area = control<HTMLTextAreaElement>("<textarea></textarea>");
  type(area, "typed");
  setValue(area, "server");
  assert.equal(area.value, "typed");

  const select = control<HTMLSelectElement>('<select><option value="a">a</option><option value="b">b</option></select>');
  select.focus();
  select.value = "b";
  noteSent(select);
  setValue(select, "a");
  settleSelects();
  assert.equal(select.value, "b");
  select.blur();
  release(select);
  assert.equal(select.value, "a");
});

test("an option that the server selects does not move a choice that nobody has made yet, while it is focused", () => {
  const select = control<HTMLSelectElement>("<select><option>a</option><option>b</option></select>");
  select.focus();
  setSelected(select.options[1]!, true);
  assert.equal(select.value, "a");
  select.blur();
  release(select);
  assert.equal(select.value, "b");
});

test("a focused box follows the server, but not while its change is unanswered", () => {
  const box = control<HTMLInputElement>('<input type="checkbox">');
  const loading = new LoadingStates("phx-1");
  box.focus();
  box.checked = true;
  const first = loading.begin("change", [{ el: box, lock: true, shown: true }]);
  box.checked = false;
  noteSent(box);
  const second = loading.begin("change", [{ el: box, lock: true, shown: true }]);
  loading.end(first);
  setChecked(box, true);
  assert.equal(box.checked, false, "the answer to the first change does not undo the second");
  loading.end(second);
  setChecked(box, false);
  assert.equal(box.checked, false);
  setChecked(box, true);
  assert.deepEqual([box.checked, box.hasAttribute("checked")], [true, true]);
});

test("after a submit what the server gave is shown, and what it said nothing about stays", () => {
  const form = container('<form><input name="a" value=""><input name="b"><input type="checkbox"><textarea>t</textarea></form>').querySelector("form")!;
  const [a, b, box] = form.querySelectorAll("input");
  const area = form.querySelector("textarea")!;
  a!.value = b!.value = area.value = "typed";
  box!.checked = true;
  for (const el of [a!, b!, box!, area]) sync(el);
  assert.deepEqual([a!.value, b!.value, box!.checked, area.value], ["", "typed", true, "t"]);
  setChecked(box!, false);
  box!.checked = true;
  sync(box!);
  assert.equal(box!.checked, false, "a box that the server edits is the server's");
});

test("a number that is none is not wiped by the server's answer to what was there before", () => {
  const el = control<HTMLInputElement>('<input type="number">');
  el.focus();
  let writes = 0;
  Object.defineProperty(el, "validity", { value: { badInput: true } });
  // A browser gives "" for bad input, and takes the text away when that is assigned.
  Object.defineProperty(el, "value", { get: () => "", set: () => (writes += 1) });
  setValue(el, "1");
  el.blur();
  release(el);
  assert.deepEqual([writes, el.getAttribute("value")], [0, "1"]);
});

test("a select whose value is that of no option shows the first one, as in the first HTML", () => {
  const select = control<HTMLSelectElement>("<select><option>a</option><option>b</option></select>");
  for (const [value, shown] of [["b", "b"], ["none", "a"]] as const) {
    setValue(select, value);
    settleSelects();
    assert.equal(select.value, shown);
  }
});

test("a select of many follows the server while nobody is in it, and again when it is left, without being focused", () => {
  const select = control<HTMLSelectElement>("<select multiple><option>a</option><option>b</option><option>c</option></select>");
  const select_ = (index: number, on: boolean) => (setSelected(select.options[index]!, on), settleSelects());
  const chosen = () => [...select.selectedOptions].map(({ value }) => value).join();
  select_(0, true);
  select_(1, true);
  assert.equal(chosen(), "a,b");
  select.focus();
  select.options[2]!.selected = true;
  noteSent(select);
  select_(0, false);
  assert.equal(chosen(), "a,b,c", "the person's, while they are in it");
  select.blur();
  release(select);
  assert.equal(chosen(), "b");
  select_(2, true);
  assert.deepEqual([chosen(), document.activeElement], ["b,c", document.body]);
});

test("a select of which nothing is selected any more shows its first choice", () => {
  const select = control<HTMLSelectElement>('<select><option value="">Choose</option><option selected>b</option></select>');
  select.value = "b";
  setSelected(select.options[1]!, false);
  settleSelects();
  assert.deepEqual([select.value, select.selectedIndex], ["", 0]);
});
