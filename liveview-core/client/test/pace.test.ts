import "./dom";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { cancel, flush, flushOthers, pace } from "../src/pace";
import { Backoff } from "../src/backoff";
import { DelayLine, setLatency } from "../src/latency";
import { RECONNECT_AFTER } from "../src/constants";
import { container } from "./dom";

mock.timers.enable({ apis: ["setTimeout", "Date"] });

let sent: string[] = [];
beforeEach(() => {
  sent = [];
});

const send = (what: string) => () => sent.push(what);
const input = (attributes: string) => container(`<form><input ${attributes}><input></form>`).querySelector("input")!;

test("a debounced event waits for a pause and only the last one is sent", () => {
  const el = input('phx-debounce="200"');
  pace(el, "", send("a"));
  mock.timers.tick(199);
  pace(el, "", send("b"));
  mock.timers.tick(199);
  assert.deepEqual(sent, []);
  mock.timers.tick(1);
  assert.deepEqual(sent, ["b"]);
});

test("leaving the element sends what waits, once", () => {
  for (const setting of ["200", "blur"]) {
    const el = input(`phx-debounce="${setting}"`);
    pace(el, "", send(setting));
    flush(el);
    flush(el);
    mock.timers.tick(10_000);
  }
  assert.deepEqual(sent, ["200", "blur"]);
});

test("a submit forgets what waits; another field's change sends it first", () => {
  const el = input('phx-debounce="200"');
  const form = el.form!;
  pace(el, "", send("a"));
  flushOthers(form, form.elements[1]!);
  assert.deepEqual(sent, ["a"]);
  pace(el, "", send("b"));
  cancel(form);
  mock.timers.tick(1_000);
  assert.deepEqual(sent, ["a"]);
});

test("nothing is sent for an element that has left the page", () => {
  const el = input('phx-debounce="200"');
  pace(el, "", send("a"));
  el.remove();
  mock.timers.tick(1_000);
  assert.deepEqual(sent, []);
});

test("a throttled event goes at once, the next one after the window, and keys do not throttle each other", () => {
  const el = input('phx-throttle="100"');
  for (const key of ["a", "a", "b"]) pace(el, key, send(key));
  assert.deepEqual(sent, ["a", "b"]);
  mock.timers.tick(100);
  pace(el, "a", send("again"));
  assert.deepEqual(sent, ["a", "b", "again"]);
});

test("an empty setting means 300 ms", () => {
  pace(input('phx-debounce=""'), "", send("a"));
  mock.timers.tick(299);
  assert.deepEqual(sent, []);
  mock.timers.tick(1);
  assert.deepEqual(sent, ["a"]);
});

test("the waits between connection attempts follow the table, and the last one repeats", () => {
  const backoff = new Backoff(RECONNECT_AFTER);
  assert.deepEqual(Array.from({ length: 12 }, () => backoff.next()), [10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000, 5000, 5000]);
  backoff.reset();
  assert.equal(backoff.next(), 10);
});

test("the simulator holds messages back and never reorders them", () => {
  const line = new DelayLine((item: string) => sent.push(item));
  line.push("at once");
  assert.deepEqual(sent, ["at once"]);
  setLatency(100);
  line.push("a");
  mock.timers.tick(60);
  setLatency(null);
  line.push("b");
  assert.deepEqual(sent, ["at once"]);
  mock.timers.tick(40);
  mock.timers.tick(0);
  assert.deepEqual(sent, ["at once", "a", "b"]);
});
