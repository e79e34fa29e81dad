import { expect, test } from "./fixtures.ts";
import { open, settled } from "./settled.ts";

test.beforeEach(async ({ page }) => open(page, "/slow"));

test("a second click waits for nothing: it is ignored while the first is unanswered", async ({ page, backstage }) => {
  await page.locator("#work").click();
  await expect(page.locator("#work")).toHaveClass("plain phx-click-loading");
  await page.locator("#work").click();
  await backstage.waiting(1);
  await backstage.release();
  await settled(page);
  await expect(page.locator("#done")).toHaveText("1");
  await expect(page.locator("#work")).toHaveClass("plain");
  await page.locator("#work").click();
  await backstage.waiting(1);
  await backstage.release();
  await expect(page.locator("#done")).toHaveText("2");
});

test("events are handled in their order, one at a time", async ({ page, backstage }) => {
  await page.locator("#work").click();
  await backstage.waiting(1);
  await page.locator("#quick").click();
  await expect(page.locator("#quick")).toHaveClass("phx-click-loading");
  await expect(page.locator("#quicks")).toHaveText("0");
  await backstage.release();
  await settled(page);
  await expect(page.locator("#done")).toHaveText("1");
  await expect(page.locator("#quicks")).toHaveText("1");
});

test("work in the background leaves the view free, and its result arrives", async ({ page, backstage }) => {
  await page.locator("#begin").click();
  await expect(page.locator("#loaded")).toHaveText("loading");
  await backstage.waiting(1);
  await page.locator("#quick").click();
  await expect(page.locator("#quicks")).toHaveText("1");
  await backstage.release();
  await expect(page.locator("#loaded")).toHaveText("cargo");
});

test("cancelled work ends, and says so", async ({ page, backstage }) => {
  await page.locator("#begin").click();
  await backstage.waiting(1);
  await page.locator("#cancel").click();
  await expect(page.locator("#loaded")).toHaveText("cancelled");
  await backstage.waiting(0);
});
