import "./dom";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { showCondition } from "../src/container";
import { log, setDebugging } from "../src/log";
import { startPageLoading } from "../src/page_loading";
import { ProgressBar } from "../src/progress_bar";
import { Reloader } from "../src/reload";
import { setTitle } from "../src/title";
import { container } from "./dom";

mock.timers.enable({ apis: ["setTimeout"] });
beforeEach(() => window.localStorage.clear());

const bar = () => document.getElementById("bennu-progress");

test("every start of page loading has one stop, and says what it is for", () => {
  const seen: unknown[] = [];
  for (const what of ["start", "stop"]) {
    window.addEventListener(`phx:page-loading-${what}`, (event) => seen.push([what, (event as CustomEvent).detail]), { once: true });
  }
  const stop = startPageLoading("initial");
  stop();
  stop();
  const detail = { to: "http://localhost/fleet", kind: "initial" };
  assert.deepEqual(seen, [["start", detail], ["stop", detail]]);
});

test("the bar shows after a moment, until the last load has ended", () => {
  const progress = new ProgressBar();
  progress.start();
  progress.start();
  const stops = [startPageLoading("initial"), startPageLoading("element")];
  mock.timers.tick(119);
  assert.equal(bar(), null);
  mock.timers.tick(1);
  assert.equal(bar()?.style.position, "fixed");
  stops[0]!();
  assert.notEqual(bar(), null);
  stops[1]!();
  assert.equal(bar(), null);
  startPageLoading("error")();
  mock.timers.tick(1_000);
  assert.equal(bar(), null);
  progress.stop();
  startPageLoading("error");
  mock.timers.tick(1_000);
  assert.equal(bar(), null);
});

test("reloads wait a random time between the limits, and in the end always the longest", () => {
  let reloads = 0;
  const reloader = new Reloader({ maxReloads: 3 }, () => (reloads += 1));
  for (const [least, most] of [[5_000, 10_000], [5_000, 10_000], [30_000, 30_000]]) {
    const before = reloads;
    reloader.schedule("phx-1");
    mock.timers.tick(least! - 1);
    assert.equal(reloads, before);
    mock.timers.tick(most! - least! + 1);
    assert.equal(reloads, before + 1);
  }
});

test("only the first reload in a row may go at once, and a join starts a new row", () => {
  let reloads = 0;
  const reloader = new Reloader({}, () => (reloads += 1));
  reloader.schedule("phx-1", true);
  mock.timers.tick(0);
  assert.equal(reloads, 1);
  reloader.schedule("phx-1", true);
  mock.timers.tick(4_999);
  assert.equal(reloads, 1);
  reloader.forget();
  mock.timers.tick(60_000);
  assert.equal(reloads, 1, "a join cancels what was planned");
  reloader.schedule("phx-1", true);
  mock.timers.tick(0);
  assert.equal(reloads, 2);
});

test("a reload leaves the answer to a form that the browser posts its time, and waits for no form that is the view's", () => {
  for (const [prevented, atOnce] of [[false, 0], [true, 1]] as const) {
    window.localStorage.clear();
    let reloads = 0;
    const reloader = new Reloader({}, () => (reloads += 1));
    const form = document.body.appendChild(document.createElement("form"));
    if (prevented) form.addEventListener("submit", (event) => event.preventDefault());
    form.dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
    reloader.schedule("phx-1", true);
    mock.timers.tick(4_999);
    assert.equal(reloads, atOnce);
    mock.timers.tick(5_001);
    assert.equal(reloads, 1, "a page that is still there is loaded again");
    form.remove();
  }
});

test("conditions of the container exclude each other and leave other classes alone", () => {
  const el = container("");
  el.className = "mine";
  const shown = (["loading", "client-error", "server-error", "connected"] as const).map((condition) => {
    showCondition(el, condition);
    return el.className;
  });
  assert.deepEqual(shown, [
    "mine phx-loading", "mine phx-loading phx-error phx-client-error", "mine phx-loading phx-error phx-server-error", "mine phx-connected",
  ]);
});

test("the log is one line of a fixed form, and can be turned off", () => {
  const lines: unknown[][] = [];
  mock.method(console, "log", (...line: unknown[]) => lines.push(line));
  log("phx-1", "error", "view crashed", { reason: "x" });
  setDebugging(false);
  log("phx-1", "error", "view crashed");
  setDebugging(true);
  assert.deepEqual(lines, [["phx-1 error: view crashed - ", { reason: "x" }]]);
});

test("a title gets the prefix and suffix of the page", () => {
  document.head.innerHTML = '<title data-prefix="a " data-suffix=" z" data-default="none">x</title>';
  setTitle("b");
  assert.equal(document.title, "a b z");
  setTitle("");
  assert.equal(document.title, "a none z");
});
