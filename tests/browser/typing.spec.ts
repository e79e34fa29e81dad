import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

const readings = async (page: Page) => Number(await page.locator("#readings").textContent());

/** Waits until the view has shown this many more readings. */
async function more(page: Page, count: number): Promise<void> {
  const seen = await readings(page);
  await expect.poll(() => readings(page)).toBeGreaterThanOrEqual(seen + count);
}

test.beforeEach(async ({ page }) => open(page, "/telemetry"));

test("typing is not disturbed while 20 patches a second change the form around it", async ({ page }) => {
  const before = await readings(page);
  const name = page.locator("#name");
  await name.focus();
  let typed = "";
  for (const letter of "exploring new paths, slowly") {
    await name.press(letter === " " ? "Space" : letter);
    typed += letter;
    await expect(name).toHaveValue(typed);
    if (typed.length % 9 === 0) await more(page, 2);
  }
  expect(await readings(page)).toBeGreaterThan(before + 5);
  await expect(page.locator("#heard")).toHaveText(typed.toUpperCase());
  await expect(name).toHaveValue(typed);
  await expect(name).toBeFocused();
});

test("the caret stays in the middle of a word, and a selection stays selected", async ({ page }) => {
  const name = page.locator("#name");
  const selection = () => name.evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd]);
  await name.pressSequentially("abcdef");
  await name.evaluate((input: HTMLInputElement) => input.setSelectionRange(2, 2));
  await more(page, 3);
  expect(await selection()).toEqual([2, 2]);
  await name.press("X");
  await more(page, 3);
  await expect(name).toHaveValue("abXcdef");
  expect(await selection()).toEqual([3, 3]);
  await name.evaluate((input: HTMLInputElement) => input.setSelectionRange(1, 4));
  await more(page, 3);
  expect(await selection()).toEqual([1, 4]);
});

test("a focused input keeps its text while its other attributes follow the server", async ({ page }) => {
  await page.locator("#name").pressSequentially("mine");
  const title = await page.locator("#name").getAttribute("title");
  await expect(page.locator("#name")).not.toHaveAttribute("title", title ?? "");
  await expect(page.locator("#name")).toHaveClass(/c\d/);
  await expect(page.locator("#name")).toHaveValue("mine");
});

test("textarea and select keep what the user gave them", async ({ page }) => {
  await page.locator("#notes").pressSequentially("some notes");
  await more(page, 3);
  await expect(page.locator("#notes")).toHaveValue("some notes");
  await page.locator("#choice").selectOption("b");
  await page.locator("#choice").focus();
  await more(page, 3);
  await expect(page.locator("#choice")).toHaveValue("b");
  await expect(page.locator("#notes"), "also when another control has the focus").toHaveValue("some notes");
});

test("once the field is left, it shows what the server made of it", async ({ page }) => {
  await page.locator("#name").pressSequentially("loud");
  await expect(page.locator("#heard")).toHaveText("LOUD");
  await expect(page.locator("#name")).toHaveValue("loud");
  await page.locator("#name").blur();
  await expect(page.locator("#name")).toHaveValue("LOUD");
});
