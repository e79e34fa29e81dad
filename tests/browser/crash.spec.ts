import { expect, mark, marked, test } from "./fixtures.ts";
import { open, settled } from "./settled.ts";

for (const [button, what] of [
  ["#panic", "a panic in a handler"],
  ["#fail", "an error from a handler"],
  ["#break", "a panic in render"],
] as const) {
  test(`${what} ends one view, which comes back by itself without a reload`, async ({ page, context }) => {
    const other = await context.newPage();
    await Promise.all([open(page, "/crash"), open(other, "/crash")]);
    await other.locator("#inc").click();
    await expect(other.locator("#count")).toHaveText("1");
    await page.locator("#inc").click();
    await expect(page.locator("#count")).toHaveText("1");
    await mark(page);
    const actor = (await page.locator("#actor").textContent()) ?? "";

    await page.locator(button).click();
    await expect(page.locator("#actor")).not.toHaveText(actor);
    await settled(page);
    await expect(page.locator("#count"), "a new view with a new state").toHaveText("0");
    expect(await marked(page), "the page was not loaded again").toBe(true);
    await page.locator("#inc").click();
    await expect(page.locator("#count")).toHaveText("1");

    await other.locator("#inc").click();
    await expect(other.locator("#count"), "the other view noticed nothing").toHaveText("2");
  });
}

test("the page shows that its view crashed until it is back", async ({ page, backstage }) => {
  await open(page, "/fragile");
  await backstage.toggleFragile();
  await page.locator("#crash").click();
  const container = page.locator("[data-phx-main]");
  await expect(container).toHaveClass(/phx-error/);
  await expect(container).not.toHaveClass(/phx-connected/);
  await backstage.toggleFragile();
  await settled(page);
  await expect(container).not.toHaveClass(/phx-error/);
  await expect(page.locator("#alive")).toHaveText("alive");
});

test("a view that keeps failing to mount never hammers the server", async ({ page, backstage }) => {
  await open(page, "/fragile");
  await mark(page);
  const before = await backstage.mounts("fragile");
  await backstage.toggleFragile();
  try {
    const began = Date.now();
    await page.locator("#crash").click();
    await expect.poll(() => backstage.mounts("fragile"), { timeout: 15_000 }).toBeGreaterThanOrEqual(before + 3);
    const seconds = (Date.now() - began) / 1000;
    expect((await backstage.mounts("fragile")) - before, "mounts per second stay few").toBeLessThanOrEqual(4 + seconds);
  } finally {
    await backstage.toggleFragile();
  }
});

test("after three joins that failed the page loads itself again, after 5 to 10 seconds", async ({ page, backstage }) => {
  await page.clock.install();
  await open(page, "/fragile");
  await mark(page);
  await page.clock.pauseAt(Date.now() + 60_000);
  const before = await backstage.mounts("fragile");
  const lines: string[] = [];
  page.on("console", (message) => lines.push(message.text()));
  let loads = 0;
  page.on("load", () => loads++);
  await backstage.toggleFragile();
  await page.locator("#crash").click();
  // The waits before the three joins are 0.1, 1 and 2 seconds; each begins when the client knows of the last failure.
  const givenUp = async () => {
    await page.clock.runFor(100);
    return lines.filter((line) => line.includes("giving up trying to mount after 3 tries")).length;
  };
  await expect.poll(givenUp, { intervals: [50] }).toBe(1);
  expect(await backstage.mounts("fragile")).toBe(before + 3);
  await backstage.toggleFragile();
  await page.clock.runFor(4_500);
  expect(loads).toBe(0);
  await page.clock.runFor(5_600);
  await expect.poll(() => loads).toBe(1);
  await settled(page);
  expect(await marked(page)).toBe(false);
});
