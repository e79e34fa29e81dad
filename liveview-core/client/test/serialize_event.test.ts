import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { serializeEvent } from "../src/serialize_event";
import { container, dom } from "./dom";

const { MouseEvent, KeyboardEvent, WheelEvent, Event } = dom.window;

function fired(event: globalThis.Event, target: Element): globalThis.Event {
  target.dispatchEvent(event);
  return event;
}

test("a click has every field that dioxus-html wants, and none of a pointer event", () => {
  const el = container("<b></b>").firstElementChild!;
  const data = serializeEvent(fired(new MouseEvent("click", { clientX: 3, clientY: 4, shiftKey: true, buttons: 1 }), el), el);
  const wanted = "alt_key button buttons client_x client_y ctrl_key meta_key offset_x offset_y page_x page_y screen_x screen_y shift_key";
  for (const name of wanted.split(" ")) assert.notEqual(data[name], undefined, name);
  assert.deepEqual([data.client_x, data.client_y, data.shift_key, data.buttons, data.pointer_id], [3, 4, true, 1, undefined]);
});

test("keys and wheels carry their own fields", () => {
  const el = container("<input>").firstElementChild!;
  const key = serializeEvent(fired(new KeyboardEvent("keydown", { key: "ArrowUp", code: "ArrowUp", repeat: true }), el), el);
  for (const name of "char_code is_composing key key_code code alt_key ctrl_key meta_key shift_key location repeat which".split(" ")) {
    assert.notEqual(key[name], undefined, name);
  }
  assert.deepEqual([key.key, key.code, key.repeat], ["ArrowUp", "ArrowUp", true]);
  const wheel = serializeEvent(fired(new WheelEvent("wheel", { deltaY: 5, deltaMode: 1 }), el), el);
  assert.deepEqual([wheel.delta_x, wheel.delta_y, wheel.delta_z, wheel.delta_mode], [0, 5, 0, 1]);
});

test("form events carry the control's value and the form's texts, but never a file", () => {
  const form = container('<form><input name="a" value="1"><input type="file" name="f"><input type="checkbox" name="c" checked></form>').firstElementChild!;
  const [a, file, box] = form.querySelectorAll("input");
  const values = [{ key: "a", text: "1" }, { key: "c", text: "on" }];
  assert.deepEqual(serializeEvent(fired(new Event("input", { bubbles: true }), a!), a!), { value: "1", values, valid: true });
  assert.deepEqual(serializeEvent(fired(new Event("change", { bubbles: true }), box!), form).value, "true");
  assert.deepEqual(serializeEvent(fired(new Event("change", { bubbles: true }), file!), form).value, "");
});

test("scrolling, images and focus", () => {
  const el = container("<div></div>").firstElementChild!;
  const scroll = serializeEvent(fired(new Event("scroll"), el), el);
  assert.deepEqual(Object.keys(scroll).sort(), ["client_height", "client_width", "scroll_height", "scroll_left", "scroll_top", "scroll_width"]);
  assert.deepEqual(serializeEvent(fired(new Event("error"), el), el), { load_error: true });
  assert.deepEqual(serializeEvent(fired(new Event("toggle"), el), el), {});
});
