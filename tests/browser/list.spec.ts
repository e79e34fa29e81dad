import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

/** The rows as they stand, and as the server says that they should. */
function rows(page: Page) {
  return page.locator("#rows").evaluate((list: HTMLElement) => ({
    shown: [...list.querySelectorAll("li span")].map((cell) => cell.textContent).join(","),
    wanted: list.dataset["order"],
    odd: [...list.querySelectorAll("li")].filter((row) => row.querySelector("em")).map((row) => row.id),
    oddWanted: [...list.querySelectorAll("li")].filter((row) => /[13579]$/.test(row.querySelector("span")?.textContent ?? "")).map((row) => row.id),
  }));
}

test("random moves, inserts and removes end in the server's order, with the same nodes", async ({ page }) => {
  await open(page, "/list");
  // Each node is told which row it shows; a node that later shows another row was mixed up.
  const tag = () =>
    page.locator("#rows").evaluate((list) => {
      for (const row of list.querySelectorAll<HTMLElement & { row?: string }>("li")) row.row ??= row.id;
      return [...list.querySelectorAll<HTMLElement & { row?: string }>("li")].every((row) => row.row === row.id);
    });
  await tag();
  let before = (await rows(page)).wanted;
  for (let round = 0; round < 15; round++) {
    await page.locator("#stir").click();
    await expect(page.locator("#rows")).not.toHaveAttribute("data-order", before ?? "");
    const { shown, wanted, odd, oddWanted } = await rows(page);
    expect(shown).toBe(wanted);
    expect(odd).toEqual(oddWanted);
    expect(await tag()).toBe(true);
    before = wanted;
  }
});

test("a row that moves keeps the focus and the text in it", async ({ page }) => {
  await open(page, "/list");
  const input = page.locator("#row-1 input");
  await input.pressSequentially("kept");
  for (let round = 0; round < 5; round++) {
    const order = (await page.locator("#rows").getAttribute("data-order")) ?? "";
    await page.evaluate(() => void window.liveSocket.js().push(window.liveSocket.main.el, "stir"));
    await expect(page.locator("#rows")).not.toHaveAttribute("data-order", order);
    await expect(input).toBeFocused();
    await expect(input).toHaveValue("kept");
  }
});
