import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { settled } from "./settled.ts";

/** Opens the page with its clock in the test's hand: timers run only when the test says so. */
async function openPaused(page: Page): Promise<void> {
  await page.clock.install();
  await page.goto("/rate");
  await settled(page);
  await page.clock.pauseAt(Date.now() + 60_000);
}

test.beforeEach(async ({ page }) => openPaused(page));

test("phx-debounce sends one event for each pause", async ({ page }) => {
  await page.locator("#pause").pressSequentially("ab");
  await page.clock.runFor(1_900);
  await page.locator("#pause").pressSequentially("c");
  await page.clock.runFor(1_900);
  await expect(page.locator("#typed")).toBeEmpty();
  await page.clock.runFor(200);
  await expect(page.locator("#typed")).toHaveText("abc");
  await page.locator("#pause").pressSequentially("d");
  await page.clock.runFor(2_000);
  await expect(page.locator("#typed")).toHaveText("abc|abcd");
});

test("leaving the field flushes its debounce at once", async ({ page }) => {
  await page.locator("#pause").pressSequentially("ab");
  await page.locator("#pause").blur();
  await expect(page.locator("#typed")).toHaveText("ab");
  await page.clock.runFor(3_000);
  await settled(page);
  await expect(page.locator("#typed")).toHaveText("ab");
});

test("a submit goes out at once and cancels what was waiting", async ({ page }) => {
  await page.locator("#pause").pressSequentially("ab");
  await page.locator("#pause").press("Enter");
  await expect(page.locator("#submits")).toHaveText("1");
  await page.clock.runFor(3_000);
  await settled(page);
  const typed = (await page.locator("#typed").textContent()) ?? "";
  // What was typed may be sent before the submit, but never after it and never twice.
  expect(["", "ab"]).toContain(typed);
});

test('phx-debounce="blur" waits for the blur', async ({ page }) => {
  await page.locator("#blur").pressSequentially("text");
  await page.clock.runFor(10_000);
  await expect(page.locator("#blurred")).toBeEmpty();
  await page.locator("#blur").blur();
  await expect(page.locator("#blurred")).toHaveText("text");
});

test("phx-throttle lets the first through, then one for each window", async ({ page }) => {
  await page.locator("#push").click();
  await settled(page);
  await page.locator("#push").click();
  await page.locator("#push").click();
  await settled(page);
  await expect(page.locator("#pushes")).toHaveText("1");
  await page.clock.runFor(1_000);
  await page.locator("#push").click();
  await expect(page.locator("#pushes")).toHaveText("2");
});

test("a throttled key does not hold up another key", async ({ page }) => {
  await page.locator("#keys").press("a");
  await page.locator("#keys").press("a");
  await page.locator("#keys").press("b");
  await page.locator("#keys").press("b");
  await expect(page.locator("#pressed")).toHaveText("a|b");
});
