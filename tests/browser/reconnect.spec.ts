import type { Page } from "@playwright/test";
import { expect, mark, marked, test } from "./fixtures.ts";
import { ControlledNetwork } from "./network.ts";
import { open, settled } from "./settled.ts";

/** The steps in which a lost connection is tried again, in milliseconds; the last one repeats. */
const BACK_OFF = [10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000, 5000];

async function disconnect(page: Page): Promise<void> {
  await page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
}

async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

test("after a disconnect the view is what it was, plus what happened meanwhile, in the same actor", async ({ page, backstage }) => {
  await open(page, "/counter");
  await mark(page);
  const actor = (await page.locator("#actor").textContent()) ?? "";
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");

  await disconnect(page);
  expect(await page.evaluate(() => window.liveSocket.isConnected())).toBe(false);
  for (let n = 0; n < 5; n++) await backstage.tick();
  // Five seconds by the server's clock: another page's view takes 20 readings a second.
  const clock = await page.context().newPage();
  await open(clock, "/telemetry");
  await expect.poll(async () => Number(await clock.locator("#readings").textContent()), { timeout: 15_000 }).toBeGreaterThanOrEqual(100);
  await expect(page.locator("#count"), "nothing reaches a page without a socket").toHaveText("5");

  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await expect(page.locator("#count")).toHaveText("10");
  await expect(page.locator("#actor")).toHaveText(actor);
  await expect(page.locator("#connects")).toHaveText("2");
  expect(await marked(page)).toBe(true);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("11");
});

test("typed text, focus and page nodes outlive a resume", async ({ page }) => {
  await open(page, "/form");
  await page.locator("#outside").pressSequentially("half a th");
  await page.evaluate(() => (window.mark = document.querySelector("#outside")));
  await disconnect(page);
  await page.locator("#outside").pressSequentially("ought");
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await expect(page.locator("#outside")).toHaveValue("half a thought");
  await expect(page.locator("#outside")).toBeFocused();
  expect(await page.evaluate(() => window.mark === document.querySelector("#outside"))).toBe(true);
  await page.locator("#name").pressSequentially("A");
  await expect(page.locator("#seen")).toHaveText(/^A\|/);
});

test("exactly one element shows that the connection is gone, and none after it is back", async ({ page }) => {
  await open(page, "/counter");
  await disconnect(page);
  await expect(page.locator(".phx-loading")).toHaveCount(1);
  await expect(page.locator("[data-phx-main]")).toHaveClass(/phx-loading/);
  await expect(page.locator(".phx-connected")).toHaveCount(0);
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await expect(page.locator(".phx-loading")).toHaveCount(0);
  await expect(page.locator(".phx-connected")).toHaveCount(1);
});

test("a click while the connection is gone is dropped, without a trace", async ({ page }) => {
  await open(page, "/counter");
  await disconnect(page);
  await page.locator("#inc").click();
  await expect(page.locator(".phx-click-loading")).toHaveCount(0);
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");
});

test.describe("with a network and a clock that the test controls", () => {
  let network: ControlledNetwork;
  let actor: string;

  test.beforeEach(async ({ page }) => {
    network = await ControlledNetwork.of(page);
    await page.clock.install();
    await open(page, "/counter");
    actor = (await page.locator("#actor").textContent()) ?? "";
    await page.clock.pauseAt(Date.now() + 60_000);
    await settled(page);
  });

  test.afterEach(async ({ page }) => {
    await page.locator("#inc").click();
    await expect(page.locator("#count"), "the view goes on").toHaveText("1");
    await expect(page.locator("#actor"), "in the same actor").toHaveText(actor);
  });

  test("a lost connection is tried again by the back-off table", async ({ page }) => {
    const before = await network.attempts();
    await network.lose();
    for (const [index, pause] of BACK_OFF.entries()) {
      // The pause begins when the client knows that the last attempt failed.
      await expect.poll(() => network.closed()).toBe(before + index);
      await page.clock.runFor(pause - 1);
      expect((await network.attempts()) - before, `no attempt before ${pause} ms`).toBe(index);
      await page.clock.runFor(1);
      expect((await network.attempts()) - before, `an attempt after ${pause} ms`).toBe(index + 1);
    }
    await expect.poll(() => network.closed()).toBe(before + BACK_OFF.length);
    await network.restore();
    await page.clock.runFor(5_000);
    await settled(page);
  });

  test("a hidden tab does not try, and tries at once when it is shown again", async ({ page }) => {
    const before = await network.attempts();
    await hide(page, true);
    await network.lose();
    await expect.poll(() => network.closed()).toBe(before);
    await page.clock.runFor(30_000);
    expect(await network.attempts()).toBe(before);
    await network.restore();
    await hide(page, false);
    await page.clock.runFor(10);
    expect(await network.attempts()).toBe(before + 1);
    await settled(page);
  });

  test("a server that stops answering heartbeats is left, and joined again", async ({ page }) => {
    const before = await network.attempts();
    await network.mute(true);
    await page.clock.runFor(60_000);
    await network.mute(false);
    await page.clock.runFor(1_000);
    expect(await network.attempts()).toBeGreaterThan(before);
    await settled(page);
  });
});
