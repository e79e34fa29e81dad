import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

test.beforeEach(async ({ page }) => open(page, "/focus"));

test("focus and blur of an element are events, and carry its value", async ({ page }) => {
  await page.locator("#field").focus();
  await page.locator("#field").pressSequentially("hi");
  await page.locator("#elsewhere").focus();
  await expect(page.locator("#log")).toHaveText(/focus\(\) blur\(hi\)$/);
});

test("focus and blur of the window are events", async ({ page }) => {
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(page.locator("#log")).toContainText("window-blur()");
  await expect(page.locator("#log")).toContainText("window-focus()");
});

test("a patch that moves the focused input keeps focus, caret and text, silently", async ({ page }) => {
  await page.locator("#kept-a").focus();
  await page.locator("#kept-a").pressSequentially("typed");
  await page.locator("#kept-a").press("ArrowLeft");
  await expect(page.locator("#log"), "the focus was told").toHaveText("focus-a()");
  await page.keyboard.press("F2");
  await expect.poll(() => page.evaluate(() => [...document.querySelectorAll("[id^=kept-]")].map((input) => input.id))).toEqual(["kept-b", "kept-a"]);
  await expect(page.locator("#kept-a")).toBeFocused();
  await expect(page.locator("#kept-a")).toHaveValue("typed");
  expect(await page.locator("#kept-a").evaluate((input: HTMLInputElement) => input.selectionStart)).toBe(4);
  await expect(page.locator("#log"), "and nothing else").toHaveText("focus-a()");
});
