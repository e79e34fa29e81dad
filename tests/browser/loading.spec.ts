import { expect, test } from "./fixtures.ts";
import { ControlledNetwork } from "./network.ts";
import { open, settled } from "./settled.ts";

/** Writes down the page-loading events from the first moment on. */
function record(): void {
  window.mark = [];
  for (const kind of ["start", "stop"]) {
    window.addEventListener(`phx:page-loading-${kind}`, (event) =>
      (window.mark as unknown[]).push([kind, (event as CustomEvent<{ kind: string }>).detail.kind]),
    );
  }
}

test("page-loading starts and stops around the first join and around a lost connection", async ({ page }) => {
  await page.addInitScript(record);
  await open(page, "/counter");
  expect(await page.evaluate(() => window.mark)).toEqual([
    ["start", "initial"],
    ["stop", "initial"],
  ]);
  await page.evaluate(() => {
    window.mark = [];
    return new Promise<void>((resolve) => window.liveSocket.disconnect(resolve));
  });
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  const events = (await page.evaluate(() => window.mark)) as string[][];
  expect(events.filter(([kind]) => kind === "start").length).toBe(events.filter(([kind]) => kind === "stop").length);
  expect(events.at(-1)?.[0]).toBe("stop");
});

test("the simulator delays what is sent, and the page says that it waits", async ({ page }) => {
  await open(page, "/counter");
  await page.evaluate(() => window.liveSocket.enableLatencySim(300));
  const began = Date.now();
  await page.locator("#inc").click();
  await expect(page.locator("#inc")).toHaveClass("phx-click-loading");
  await expect(page.locator("#count")).toHaveText("1");
  expect(Date.now() - began).toBeGreaterThanOrEqual(590);
  await settled(page);
  await expect(page.locator("#inc")).not.toHaveAttribute("class");
  await page.evaluate(() => window.liveSocket.disableLatencySim());
});

test("a bar shows that the page waits, but only when it waits for more than a moment", async ({ page }) => {
  const network = await ControlledNetwork.of(page);
  await page.clock.install();
  await open(page, "/counter");
  await page.clock.pauseAt(Date.now() + 60_000);
  const bar = page.locator("#bennu-progress");
  await expect(bar).toHaveCount(0);
  await network.lose();
  await expect(page.locator("[data-phx-main]")).toHaveClass(/phx-loading/);
  await page.clock.runFor(100);
  await expect(bar).toHaveCount(0);
  await page.clock.runFor(50);
  await expect(bar).toBeVisible();
  await network.restore();
  await page.clock.resume();
  await settled(page);
  await expect(bar).toHaveCount(0);
});

test("a push may count as page-loading, from the click to the answer", async ({ page, backstage }) => {
  await open(page, "/slow");
  await page.evaluate(record);
  await page.locator("#loud").click();
  await backstage.waiting(1);
  expect(await page.evaluate(() => window.mark)).toEqual([["start", "element"]]);
  await backstage.release();
  await settled(page);
  expect(await page.evaluate(() => window.mark)).toEqual([
    ["start", "element"],
    ["stop", "element"],
  ]);
});

test("a submit counts as page-loading by itself, a change does not", async ({ page, backstage }) => {
  await open(page, "/form");
  await page.evaluate(() => {
    window.mark = [];
    for (const kind of ["start", "stop"]) {
      window.addEventListener(`phx:page-loading-${kind}`, (event) => {
        const { detail } = event as CustomEvent<{ kind: string; target: Element }>;
        (window.mark as unknown[]).push([kind, detail.kind, detail.target.id]);
      });
    }
  });
  await page.locator("#slow-a").pressSequentially("x");
  await settled(page);
  await page.locator("#slow-save").click();
  await backstage.waiting(1);
  await expect(page.locator("#bennu-progress")).toBeVisible();
  expect(await page.evaluate(() => window.mark)).toEqual([["start", "element", "slow"]]);
  await backstage.release();
  await settled(page);
  await expect(page.locator("#bennu-progress")).not.toBeAttached();
  expect(await page.evaluate(() => window.mark)).toEqual([
    ["start", "element", "slow"],
    ["stop", "element", "slow"],
  ]);
});

test("on localhost the client tells the console what it does", async ({ page }) => {
  const lines: string[] = [];
  page.on("console", (message) => lines.push(message.text()));
  await open(page, "/crash");
  const id = await page.locator("[data-phx-main]").getAttribute("id");
  await page.locator("#fail").click();
  await expect.poll(() => lines.filter((line) => line.startsWith(`${id} mount: received diff - `)).length).toBe(2);
  expect(lines.filter((line) => line.startsWith(`${id} error: view crashed - `))).toHaveLength(1);
});
