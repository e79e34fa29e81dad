import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { LoadingStates, isLoading } from "../src/loading";
import { container } from "./dom";

test("numbers count from 0 per view, and an answer undoes its own part only", () => {
  const el = container('<form class="calm"></form>').firstElementChild!;
  const loading = new LoadingStates("phx-1");
  const change = loading.begin("change", [{ el, lock: true, shown: true }]);
  const submit = loading.begin("submit", [{ el, lock: false, shown: true }]);
  assert.deepEqual([change, submit, el.className], [0, 1, "calm phx-change-loading phx-submit-loading"]);
  const refs = () => ["src", "loading", "lock"].map((name) => el.getAttribute(`data-phx-ref-${name}`));
  assert.deepEqual(refs(), ["phx-1", "1", "0"]);
  loading.end(change);
  assert.deepEqual([el.className, refs()], ["calm phx-submit-loading", ["phx-1", "1", null]]);
  assert.equal(isLoading(el, "submit"), true);
  loading.end(submit);
  assert.equal(el.outerHTML, '<form class="calm"></form>');
});

test("an earlier answer does not clear the state of a later push of the same kind", () => {
  const el = container("<b></b>").firstElementChild!;
  const loading = new LoadingStates("phx-1");
  const [first, second] = [0, 1].map(() => loading.begin("click", [{ el, lock: true, shown: true }]));
  loading.end(first!);
  assert.equal(el.className, "phx-click-loading");
  loading.end(second!);
  assert.equal(el.outerHTML, "<b></b>");
});

test("disabled and readonly come back as they were, and the page can see what they were", () => {
  const el = container('<button disabled></button><input>');
  const [button, input] = [el.querySelector("button")!, el.querySelector("input")!];
  const loading = new LoadingStates("phx-1");
  loading.begin("submit", [
    { el: button, lock: true, shown: false, disable: true },
    { el: input, lock: true, shown: false, readonly: true },
  ]);
  assert.deepEqual([button.getAttribute("data-phx-disabled"), input.getAttribute("data-phx-readonly")], ["true", "false"]);
  assert.deepEqual([button.disabled, input.readOnly], [true, true]);
  loading.endAll();
  assert.equal(el.innerHTML, '<button disabled=""></button><input>');
});

test("a second push does not take the text of the first for the element's own", () => {
  const el = container('<button phx-disable-with="Saving">Save</button>').firstElementChild as HTMLButtonElement;
  const loading = new LoadingStates("phx-1");
  const mark = { el, lock: true, shown: true };
  const [first, second] = [loading.begin("click", [mark]), loading.begin("submit", [mark])];
  assert.equal(el.getAttribute("data-phx-disable-with-restore"), "Save");
  loading.end(first);
  assert.deepEqual([el.textContent, el.disabled], ["Saving", true]);
  loading.end(second);
  assert.equal(el.outerHTML, '<button phx-disable-with="Saving">Save</button>');
});

test("a button that was pressed has the focus again when it is enabled, unless somebody else has it", () => {
  const el = container('<button phx-disable-with="Saving">Save</button><input>').querySelector("button")!;
  const loading = new LoadingStates("phx-1");
  const press = () => {
    el.focus();
    loading.begin("submit", [{ el, lock: true, shown: true, disable: true }]);
    // As a browser does with what is disabled.
    el.blur();
  };
  press();
  loading.endAll();
  assert.equal(document.activeElement, el);
  press();
  document.querySelector("input")!.focus();
  loading.endAll();
  assert.equal(document.activeElement, document.querySelector("input"));
});

test("an empty phx-disable-with only disables", () => {
  const el = container('<button phx-disable-with>Save</button>').firstElementChild as HTMLButtonElement;
  const loading = new LoadingStates("phx-1");
  loading.begin("click", [{ el, lock: true, shown: true }]);
  assert.deepEqual([el.textContent, el.disabled], ["Save", true]);
  loading.endAll();
  assert.equal(el.disabled, false);
});
