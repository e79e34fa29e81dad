import type { Page } from "@playwright/test";
import { expect, mark, marked, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";

/** What the page asked the network for. */
class Requests {
  #all: string[] = [];

  constructor(page: Page) {
    page.on("request", (request) => this.#all.push(`${request.method()} ${new URL(request.url()).pathname}`));
  }

  take(): string[] {
    return this.#all.splice(0);
  }
}

/** Keeps the details of the page's own navigation events in `window.mark`. */
async function watchNavigation(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.mark = [];
    for (const name of ["phx:before-navigate", "phx:navigate"]) {
      window.addEventListener(name, (event) => (window.mark as unknown[]).push([name.slice(4), (event as CustomEvent).detail]));
    }
  });
}

async function watched(page: Page): Promise<[string, Record<string, unknown>][]> {
  return page.evaluate(() => (window.mark as [string, Record<string, unknown>][]).splice(0));
}

/** From now on the page forbids every navigation, or allows it again. */
async function forbid(page: Page, forbidden: boolean): Promise<void> {
  await page.evaluate((forbidden) => {
    const hold = window as unknown as { forbid?: AbortController };
    hold.forbid?.abort();
    hold.forbid = new AbortController();
    if (forbidden) window.addEventListener("phx:before-navigate", (event) => event.preventDefault(), { signal: hold.forbid.signal });
  }, forbidden);
}

/** What the page said, without the acknowledgements that come in their own time. */
function said({ sent }: Frames): number {
  return sent.filter((frame) => frame[0] !== 0x22).length;
}

const historyLength = (page: Page) => page.evaluate(() => window.history.length);
const scrollTop = (page: Page) => page.evaluate(() => document.documentElement.scrollTop);
const actor = (page: Page) => page.locator("#actor").textContent();

async function goBack(page: Page): Promise<void> {
  await page.evaluate(() => window.history.back());
}

test("inside a live session only the socket is used, for patches and for other views", async ({ page, backstage }) => {
  const frames = new Frames(page);
  const requests = new Requests(page);
  await open(page, "/navigation/a");
  expect(requests.take()).toEqual(["GET /navigation/a", "GET /live/bennu.js"]);
  const mounts = await backstage.mounts("navigation-a");
  await expect.poll(() => frames.receivedOfKind(0x10).length, { message: "what connecting changed" }).toBe(1);
  frames.sent.length = 0;
  frames.received.length = 0;

  const length = await historyLength(page);
  const before = await actor(page);
  await page.locator("#patch").click();
  await settled(page);
  await expect(page).toHaveURL("/navigation/a?param=1");
  await expect(page.locator("#param")).toHaveText("1");
  expect(await actor(page), "the same actor").toBe(before);
  expect(await backstage.mounts("navigation-a"), "which was not mounted again").toBe(mounts);
  expect(await historyLength(page)).toBe(length + 1);
  expect(frames.sentPayloads("live_patch")).toHaveLength(1);
  expect(frames.receivedPayloads("phx_reply")).toHaveLength(1);
  expect(frames.sent.filter((frame) => typeof frame === "string")).toHaveLength(1);
  expect(frames.received).toHaveLength(1);

  await mark(page);
  frames.sent.length = 0;
  frames.received.length = 0;
  await page.locator("#nav-b").click();
  await settled(page);
  await expect(page.locator("h1")).toHaveText("page B");
  await expect(page).toHaveURL("/navigation/b");
  expect(frames.sentPayloads("phx_leave")).toHaveLength(1);
  expect(frames.sentPayloads("phx_join")).toHaveLength(1);
  await expect.poll(() => frames.receivedPayloads("phx_close").length).toBe(1);
  expect(frames.receivedPayloads("phx_reply")).toHaveLength(2);
  expect(requests.take()).toEqual([]);
  expect(await marked(page)).toBe(true);

  await page.locator("#nav-a").click();
  await settled(page);
  await expect(page.locator("#referer")).toHaveText(/\/navigation\/b$/);
  await expect(page).toHaveTitle("Pages: A (Bennu)");
});

test("a replaced URL adds no entry to the history", async ({ page }) => {
  await open(page, "/navigation/a");
  const length = await historyLength(page);
  await page.locator("#replace").click();
  await settled(page);
  await expect(page).toHaveURL("/navigation/a?param=replaced1");
  expect(await historyLength(page)).toBe(length);
});

test("back and forward replay each URL, over the socket", async ({ page, backstage }) => {
  const requests = new Requests(page);
  await open(page, "/navigation/a");
  for (const n of [1, 2, 3]) {
    await page.locator("#patch").click();
    await expect(page.locator("#param")).toHaveText(String(n));
  }
  await settled(page);
  requests.take();
  const mounts = await backstage.mounts("navigation-a");
  for (const n of ["2", "1", ""]) {
    await goBack(page);
    await expect(page.locator("#param")).toHaveText(n);
  }
  await expect(page).toHaveURL("/navigation/a");
  await page.goForward();
  await expect(page.locator("#param")).toHaveText("1");
  expect(await backstage.mounts("navigation-a")).toBe(mounts);
  expect(requests.take()).toEqual([]);
});

test("the kind and the direction of each of seven steps are told", async ({ page }) => {
  await watchNavigation(page);
  await open(page, "/navigation/a");
  const base = new URL(page.url()).origin;
  const steps: [() => Promise<unknown>, { href: string; patch: boolean; pop: boolean; direction: string }][] = [
    [() => page.locator("#patch").click(), { href: "/navigation/a?param=1", patch: true, pop: false, direction: "forward" }],
    [() => page.locator("#nav-b").click(), { href: "/navigation/b", patch: false, pop: false, direction: "forward" }],
    [() => page.locator("#link-1").click(), { href: "/navigation/b/1", patch: true, pop: false, direction: "forward" }],
    [() => goBack(page), { href: "/navigation/b", patch: true, pop: true, direction: "backward" }],
    [() => goBack(page), { href: "/navigation/a?param=1", patch: false, pop: true, direction: "backward" }],
    [() => goBack(page), { href: "/navigation/a", patch: true, pop: true, direction: "backward" }],
    [() => page.goForward(), { href: "/navigation/a?param=1", patch: true, pop: true, direction: "forward" }],
  ];
  for (const [step, { href, ...detail }] of steps) {
    await step();
    await expect(page).toHaveURL(href);
    await settled(page);
    const expected = { href: base + href, ...detail };
    expect(await watched(page)).toEqual([["before-navigate", expected], ["navigate", expected]]);
  }
  await expect(page.locator("#param")).toHaveText("1");
});

test("an entry of an older page load is mounted, and a reload keeps its place", async ({ page, backstage }) => {
  await open(page, "/navigation/a");
  await page.locator("#patch").click();
  await settled(page);
  const state = await page.evaluate(() => window.history.state);
  await page.reload();
  await settled(page);
  expect(await page.evaluate(() => window.history.state)).toEqual(state);
  await page.locator("#server-patch").click();
  await expect(page).toHaveURL("/navigation/a?param=pushed");
  await settled(page);
  const mounts = await backstage.mounts("navigation-a");
  for (const [url, param, times] of [["/navigation/a?param=1", "1", 1], ["/navigation/a", "", 2]] as const) {
    await goBack(page);
    await expect(page).toHaveURL(url);
    await expect(page.locator("#param")).toHaveText(param);
    await settled(page);
    expect(await backstage.mounts("navigation-a")).toBe(mounts + times);
  }
});

test("the URL changes after the answer, and of two links the last one wins", async ({ page, backstage }) => {
  await open(page, "/navigation/a");
  await page.locator("#wait").click();
  await expect(page.locator("#wait")).toHaveClass("phx-click-loading");
  await page.locator("#wait").click();
  await backstage.waiting(1);
  await expect(page).toHaveURL("/navigation/a");
  await page.locator("#patch").click();
  await backstage.release();
  await settled(page);
  await expect(page).toHaveURL("/navigation/a?param=1");
  await expect(page.locator("#param")).toHaveText("1");
  await backstage.waiting(0);
  await goBack(page);
  await expect(page).toHaveURL("/navigation/a");
});

test("the old page stays while the next view is mounted, and nobody hears it", async ({ page, backstage }) => {
  const frames = new Frames(page);
  await open(page, "/navigation/a");
  await page.locator("#to-slow").click();
  await backstage.waiting(1);
  await expect(page.locator("h1")).toHaveText("page A");
  await expect(page).toHaveURL("/navigation/a");
  await expect(page.locator("#to-slow")).toHaveClass("phx-click-loading");
  const sent = said(frames);
  await page.locator("#inc").click();
  await page.locator("#to-slow").click();
  await page.locator("#text").fill("lost");
  await page.locator("#text").press("Enter");
  await backstage.release();
  await expect(page.locator("h1")).toHaveText("slow page");
  await settled(page);
  await expect(page).toHaveURL("/navigation/slow");
  expect(said(frames)).toBe(sent);
  await expect(page.locator("#count")).toHaveText("0");
  await expect(page.locator("#focused"), "the new page's own choice").toBeFocused();
});

test("a newer link gives up the view that is on its way", async ({ page, backstage }) => {
  await open(page, "/navigation/a");
  await page.locator("#to-slow").click();
  await backstage.waiting(1);
  await page.locator("#nav-b").click();
  await backstage.release();
  await expect(page.locator("h1")).toHaveText("page B");
  await settled(page);
  await expect(page).toHaveURL("/navigation/b");
  await backstage.waiting(0);
  await goBack(page);
  await expect(page.locator("h1")).toHaveText("page A");
});

test("text that waits for the field to be left is not sent to the next view", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/navigation/a");
  await page.locator("#text").fill("draft");
  await page.locator("#text").press("Enter");
  await expect(page.locator("h1")).toHaveText("page B");
  await settled(page);
  await expect(page.locator("#flash-info")).toContainText("Navigated.");
  expect(frames.sentPayloads("event").map((payload) => payload["event"])).toEqual(["save"]);
  expect(frames.receivedPayloads("phx_error")).toEqual([]);
});

test("an endless patch crashes the view once, which comes back at the URL that looped", async ({ page, backstage }) => {
  const frames = new Frames(page);
  await open(page, "/navigation/loop");
  const mounts = await backstage.mounts("navigation-loop");
  await page.locator("#loop").click();
  await expect(page.locator("#message")).toHaveText("too many redirects");
  await settled(page);
  await expect(page).toHaveURL("/navigation/loop?loop=true");
  expect(frames.receivedPayloads("phx_error")).toHaveLength(1);
  expect(await backstage.mounts("navigation-loop")).toBe(mounts + 1);
});

test("a forbidden way back leaves the history as it was, and allowed it works", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/navigation/a");
  await page.locator("#nav-b").click();
  await settled(page);
  await page.locator("#link-3").click();
  await expect(page.locator("#item")).toHaveText("item 3");
  await settled(page);
  await forbid(page, true);
  const sent = said(frames);
  await goBack(page);
  await expect.poll(() => page.evaluate(() => location.pathname)).toBe("/navigation/b/3");
  await expect(page.locator("#item")).toHaveText("item 3");
  expect(said(frames)).toBe(sent);
  await forbid(page, false);
  await goBack(page);
  await expect(page.locator("#item-3")).toBeVisible();
  await expect(page).toHaveURL("/navigation/b");
  await goBack(page);
  await expect(page.locator("h1")).toHaveText("page A");
});

test("what the server asks for is not asked about", async ({ page }) => {
  await watchNavigation(page);
  await open(page, "/navigation/a");
  await forbid(page, true);
  await page.locator("#nav-b").click();
  await page.locator("#command").click();
  await settled(page);
  await expect(page).toHaveURL("/navigation/a");
  expect((await watched(page)).map(([name]) => name)).toEqual(["before-navigate", "before-navigate"]);
  await page.locator("#server-patch").click();
  await expect(page).toHaveURL("/navigation/a?param=pushed");
  await page.locator("#server").click();
  await expect(page.locator("h1")).toHaveText("page B");
  await expect(page).toHaveURL("/navigation/b");
  expect((await watched(page)).map(([name]) => name)).toEqual(["navigate", "navigate"]);
});

test("an unsaved form can hold the page, for links and for the browser itself", async ({ page }) => {
  const frames = new Frames(page);
  const requests = new Requests(page);
  await page.addInitScript(() => {
    const unsaved = () => document.querySelector("#unsaved[data-dirty=true]") !== null;
    window.addEventListener("phx:before-navigate", (event) => {
      if (unsaved() && !window.confirm("Leave without saving?")) event.preventDefault();
    });
    window.addEventListener("beforeunload", (event) => unsaved() && event.preventDefault());
  });
  await open(page, "/navigation/unsaved");
  await page.locator("#note").fill("draft");
  await expect(page.locator("#seen")).toHaveText("draft");
  await settled(page);
  const sent = said(frames);
  const received = frames.received.length;
  requests.take();

  const asked = page.waitForEvent("dialog");
  const clicked = page.locator("#leave").click();
  const question = await asked;
  expect(question.message()).toBe("Leave without saving?");
  await question.dismiss();
  await clicked;
  await expect(page).toHaveURL("/navigation/unsaved");
  expect([said(frames), frames.received.length, requests.take()]).toEqual([sent, received, []]);

  const unloading = page.waitForEvent("dialog");
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await unloading;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await closing;
  expect(page.isClosed()).toBe(false);
  expect(await page.evaluate(() => [window.liveSocket.isConnected(), window.liveSocket.isUnloaded()])).toEqual([true, false]);
  await page.locator("#note").fill("draft, and more");
  await expect(page.locator("#seen")).toHaveText("draft, and more");

  page.once("dialog", (dialog) => void dialog.accept());
  await page.locator("#leave").click();
  await expect(page.locator("h1")).toHaveText("page B");
});

test("a hash scrolls to its place: by a click, with a page, and after a navigation", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/navigation/b");
  const place = await page.locator("#item-42").evaluate((el) => (el as HTMLElement).offsetTop);
  const isThere = async () => expect(Math.abs((await scrollTop(page)) - place)).toBeLessThan(500);
  const sent = said(frames);
  await page.locator("#hash").click();
  await expect(page).toHaveURL("/navigation/b#item-42");
  await isThere();
  expect(said(frames), "it is no navigation").toBe(sent);
  expect(await page.evaluate(() => window.liveSocket.isConnected())).toBe(true);

  await page.goto("/navigation/a");
  await page.goto("/navigation/b#item-42");
  await isThere();
  await settled(page);

  await open(page, "/navigation/a");
  await page.locator("#to-42").click();
  await expect(page).toHaveURL("/navigation/b#item-42");
  await isThere();
});

test("back from a place in the page to where one came from is no navigation either", async ({ page }) => {
  await open(page, "/navigation/b");
  await page.locator("#hash").click();
  await expect(page).toHaveURL("/navigation/b#item-42");
  await page.locator("#link-43").click();
  await expect(page.locator("#item")).toHaveText("item 43");
  await goBack(page);
  await expect(page).toHaveURL("/navigation/b#item-42");
  await expect(page.locator("#item-42")).toBeVisible();
  await goBack(page);
  await expect(page).toHaveURL("/navigation/b");
  await expect.poll(() => scrollTop(page)).toBe(0);
});

/** Scrolls, and waits until the history knows. */
async function scrollTo(page: Page, top: number): Promise<void> {
  await page.evaluate((top) => window.scrollTo(0, top), top);
  await expect.poll(() => page.evaluate(() => window.history.state.scroll)).toBe(top);
}

test("the way back finds the place, within a view and between views; a new view begins at its top", async ({ page }) => {
  await open(page, "/navigation/b");
  await scrollTo(page, 1500);
  await page.locator("#link-30").click();
  await expect(page.locator("#item")).toHaveText("item 30");
  await goBack(page);
  await expect.poll(() => scrollTop(page)).toBe(1500);
  await page.locator("#nav-a").evaluate((el) => (el as HTMLElement).click());
  await expect(page.locator("h1")).toHaveText("page A");
  expect(await scrollTop(page)).toBe(0);
  await goBack(page);
  await expect.poll(() => scrollTop(page)).toBe(1500);
});

test("the way back from a page that is not live finds the place", async ({ page }) => {
  await open(page, "/navigation/b");
  await scrollTo(page, 1500);
  await page.locator("#nav-dead").evaluate((el) => (el as HTMLElement).click());
  await expect(page.locator("h1")).toHaveText("dead");
  await page.goBack();
  await settled(page);
  await expect(page.locator("h1")).toHaveText("page B");
  await expect.poll(() => scrollTop(page)).toBe(1500);
});

test("between live sessions the browser loads the page", async ({ page }) => {
  const requests = new Requests(page);
  const frames = new Frames(page);
  await open(page, "/navigation/a");
  requests.take();
  await page.locator("#nav-other").click();
  await expect(page.locator("h1")).toHaveText("other session");
  await settled(page);
  expect(requests.take()).toContain("GET /navigation/other");
  expect(frames.received.some((frame) => /error.*unauthorized/.test(frame.toString()))).toBe(true);
  await goBack(page);
  await expect(page.locator("h1")).toHaveText("page A");
});

for (const [id, url, text] of [
  ["server", "/navigation/b", "Navigated."],
  ["server-other", "/navigation/other", "Navigated."],
  ["server-redirect", "/navigation/other", "Redirected."],
  ["patch-redirect", "/navigation/other", "Redirected."],
] as const) {
  test(`a message survives the way of #${id}, shows once, and goes by its button`, async ({ page }) => {
    await open(page, "/navigation/a");
    await page.locator(`#${id}`).click();
    await expect(page).toHaveURL(url);
    await expect(page.locator("#flash-info")).toContainText(text);
    await settled(page);
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain("_bennu_flash");
    await page.locator("#flash-info button").click();
    await expect(page.locator("#flash-info")).toHaveCount(0);
    await page.reload();
    await settled(page);
    await expect(page.locator("#flash-info")).toHaveCount(0);
  });
}

test("without a connection a link is the browser's, and so is the way back", async ({ page }) => {
  const requests = new Requests(page);
  await open(page, "/navigation/a");
  await page.locator("#patch").click();
  await settled(page);
  const disconnect = () => page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
  await disconnect();
  requests.take();
  await page.locator("#nav-b").click();
  await expect(page.locator("h1")).toHaveText("page B");
  await settled(page);
  expect(requests.take()).toContain("GET /navigation/b");
  await page.locator("#link-1").click();
  await expect(page.locator("#item")).toHaveText("item 1");
  await settled(page);
  await disconnect();
  await goBack(page);
  await expect(page.locator("#item-1")).toBeVisible();
  expect(requests.take()).toContain("GET /navigation/b");
});

test("a connection that goes while a view is on its way leaves the page to the browser", async ({ page }) => {
  const server = await Server.start("pages");
  await open(page, `${server.url}/navigation/a`);
  await page.locator("#to-slow").click();
  await expect(page.locator("#to-slow")).toHaveClass("phx-click-loading");
  // The browser asks for it when there is no server any more.
  await page.route(`${server.url}/navigation/slow`, (route) => route.fulfill({ contentType: "text/html", body: "<h1>loaded</h1>" }));
  await server.kill();
  await expect(page.locator("h1")).toHaveText("loaded");
});

test("after patches the page comes back at its present URL", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/navigation/a");
  await page.locator("#patch").click();
  await settled(page);
  const before = await actor(page);
  await page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  expect(frames.sentPayloads("phx_join").at(-1)?.["url"]).toMatch(/\/navigation\/a\?param=1$/);
  expect(await actor(page)).toBe(before);
  await expect(page.locator("#param")).toHaveText("1");
});

test("a page that the browser kept connects again when it is shown", async ({ page }) => {
  await open(page, "/navigation/a");
  await page.locator("#patch").click();
  await settled(page);
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect.poll(() => page.evaluate(() => [window.liveSocket.isConnected(), window.liveSocket.isUnloaded()])).toEqual([false, true]);
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await settled(page);
  expect(await page.evaluate(() => window.liveSocket.isUnloaded())).toBe(false);
  await page.locator("#patch").click();
  await expect(page.locator("#param")).toHaveText("2");
});

test("a click for a new tab opens one, and this page stays", async ({ page }) => {
  await open(page, "/navigation/a");
  const opened = page.context().waitForEvent("page");
  await page.locator("#nav-b").click({ modifiers: ["Control"] });
  const other = await opened;
  await settled(other);
  await expect(other.locator("h1")).toHaveText("page B");
  await expect(page).toHaveURL("/navigation/a");
  expect(await page.evaluate(() => [window.liveSocket.isConnected(), window.liveSocket.isUnloaded()])).toEqual([true, false]);
});

test("page-loading events say what loads, and the bar shows while it takes long", async ({ page, backstage }) => {
  await page.addInitScript(() => {
    window.mark = [];
    for (const what of ["start", "stop"]) {
      window.addEventListener(`phx:page-loading-${what}`, (event) => (window.mark as unknown[]).push([what, (event as CustomEvent).detail.kind]));
    }
  });
  const loading = () => page.evaluate(() => (window.mark as [string, string][]).splice(0));
  await open(page, "/navigation/a");
  expect(await loading()).toEqual([["start", "initial"], ["stop", "initial"]]);
  await page.locator("#patch").click();
  await settled(page);
  expect(await loading()).toEqual([["start", "patch"], ["stop", "patch"]]);
  await page.locator("#to-slow").click();
  await backstage.waiting(1);
  await expect(page.locator("#bennu-progress")).toBeAttached();
  expect(await loading()).toEqual([["start", "redirect"]]);
  await backstage.release();
  await expect(page.locator("h1")).toHaveText("slow page");
  await expect(page.locator("#bennu-progress")).not.toBeAttached();
  expect(await loading()).toEqual([["stop", "redirect"]]);
});

test("the focus goes along, and the title is the new view's", async ({ page }) => {
  await open(page, "/navigation/a");
  await page.locator("#command").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("page B");
  await expect(page.locator("[data-phx-main]")).toBeFocused();
  await expect(page).toHaveTitle("Pages: untitled (Bennu)");
  await page.locator("#nav-a").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("page A");
  await expect(page.locator("#nav-a"), "outside of the view it stays").toBeFocused();
  await expect(page).toHaveTitle("Pages: A (Bennu)");
});

test("a link that posts asks first, and sends the page's token", async ({ page }) => {
  await open(page, "/navigation/a");
  page.once("dialog", (dialog) => void dialog.dismiss());
  await page.locator("#post").click();
  await expect(page).toHaveURL("/navigation/a");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.locator("#post").click();
  await expect(page.locator("body")).toHaveText("PUT with the page's token");
});

test("a view that was joined in advance shows at once, and one that nobody wants ends", async ({ page, backstage }) => {
  const frames = new Frames(page);
  await page.clock.install();
  await open(page, "/navigation/a");
  const mounts = await backstage.mounts("navigation-b");
  await page.locator("#prefetched").hover();
  await page.clock.runFor(80);
  await expect.poll(() => backstage.mounts("navigation-b")).toBe(mounts + 1);
  await expect(page.locator("h1")).toHaveText("page A");
  await page.locator("#prefetched").click();
  await expect(page.locator("h1")).toHaveText("page B");
  await settled(page);
  await expect(page).toHaveURL("/navigation/b");
  expect(await backstage.mounts("navigation-b")).toBe(mounts + 1);
  await page.locator("#link-2").click();
  await expect(page.locator("#item"), "it is a view like any other").toHaveText("item 2");

  await page.locator("#nav-a").click();
  await settled(page);
  const left = frames.sentPayloads("phx_leave").length;
  await page.locator("#prefetched").hover();
  await page.clock.runFor(80);
  await expect.poll(() => backstage.mounts("navigation-b")).toBe(mounts + 2);
  await page.clock.runFor(5_000);
  await expect.poll(() => frames.sentPayloads("phx_leave").length).toBe(left + 1);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
});
