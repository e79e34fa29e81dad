import { expect, test } from "./fixtures.ts";
import { open, settled } from "./settled.ts";

test.beforeEach(async ({ page }) => open(page, "/keys"));

test("keys pressed anywhere reach a window binding, with the key's name", async ({ page }) => {
  await page.keyboard.press("a");
  await page.keyboard.press("ArrowUp");
  await expect(page.locator("#window")).toHaveText("a ArrowUp");
  await expect(page.locator("#released")).toHaveText("2");
});

test("phx-key filters without regard to case", async ({ page }) => {
  await page.keyboard.press("x");
  await page.keyboard.press("Escape");
  await expect(page.locator("#escapes")).toHaveText("1");
});

test("a binding on an element hears only its own keys and shadows the window's", async ({ page }) => {
  await page.locator("#input").press("q");
  await expect(page.locator("#element")).toHaveText("q");
  await settled(page);
  await expect(page.locator("#window")).toBeEmpty();
  await page.locator("#input").blur();
  await page.keyboard.press("w");
  await expect(page.locator("#window")).toHaveText("w");
  await expect(page.locator("#element")).toHaveText("q");
});

test("a key event without a key, as autofill makes it, breaks nothing", async ({ page }) => {
  await page.evaluate(() => document.querySelector("#input")?.dispatchEvent(new Event("keydown", { bubbles: true })));
  await page.keyboard.press("Escape");
  await expect(page.locator("#escapes")).toHaveText("1");
});

test("phx-repeat repeats a held key at its own pace and ends with it", async ({ page }) => {
  await page.keyboard.down("r");
  // One press only: Playwright does not repeat a held key, so every further event is the client's own.
  await expect.poll(async () => Number(await page.locator("#repeats").textContent())).toBeGreaterThan(5);
  await page.keyboard.up("r");
  await settled(page);
  const count = await page.locator("#repeats").textContent();
  await page.keyboard.press("Escape");
  await expect(page.locator("#escapes")).toHaveText("1");
  await expect(page.locator("#repeats")).toHaveText(count ?? "");
});
