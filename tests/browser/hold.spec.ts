import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

const driven = async (page: Page) => Number(await page.locator("#driven").textContent());

/** After a release nothing more may come: a later event of the same view is answered, and the number is the same. */
async function standsStill(page: Page): Promise<void> {
  const count = await driven(page);
  await page.evaluate(() => window.liveSocket.js().push(window.liveSocket.main.el, "stop"));
  expect(await driven(page)).toBe(count);
}

test.beforeEach(async ({ page }) => open(page, "/hold"));

test("a held button repeats its event and stops once when it is let go", async ({ page }) => {
  await page.locator("#drive").hover();
  await page.mouse.down();
  await expect.poll(() => driven(page)).toBeGreaterThan(4);
  await page.mouse.up();
  await expect(page.locator("#stopped")).toHaveText("1");
  await standsStill(page);
});

test("letting go elsewhere stops as well", async ({ page }) => {
  await page.locator("#drive").hover();
  await page.mouse.down();
  await expect.poll(() => driven(page)).toBeGreaterThan(1);
  await page.mouse.move(600, 500);
  await page.mouse.up();
  await expect(page.locator("#stopped")).toHaveText("1");
});

test("Space on the focused button holds it", async ({ page }) => {
  await page.locator("#drive").focus();
  await page.keyboard.down("Space");
  await expect.poll(() => driven(page)).toBeGreaterThan(2);
  await page.keyboard.up("Space");
  await expect(page.locator("#stopped")).toHaveText("1");
});

test("a window that loses the focus stops", async ({ page }) => {
  await page.locator("#drive").hover();
  await page.mouse.down();
  await expect.poll(() => driven(page)).toBeGreaterThan(1);
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await expect(page.locator("#stopped")).toHaveText("1");
  await page.mouse.up();
});

test("a button that the server takes away while it is held stops", async ({ page }) => {
  await page.locator("#drive").hover();
  await page.mouse.down();
  await expect.poll(() => driven(page)).toBeGreaterThan(1);
  await page.keyboard.press("v");
  await expect(page.locator("#drive")).toHaveCount(0);
  await expect(page.locator("#stopped")).toHaveText("1");
  await page.mouse.up();
  await standsStill(page);
});
