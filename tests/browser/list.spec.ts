import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

/** A list as it stands, and as the server says that it should. */
function rows(page: Page, list: string) {
  return page.locator(list).evaluate((list: HTMLElement) => ({
    shown: [...list.querySelectorAll("li span")].map((cell) => cell.textContent).join(","),
    wanted: document.querySelector<HTMLElement>("#rows")?.dataset["order"],
    odd: [...list.querySelectorAll("li")].filter((row) => row.querySelector("em")).map((row) => row.id),
    oddWanted: [...list.querySelectorAll("li")].filter((row) => /[13579]$/.test(row.querySelector("span")?.textContent ?? "")).map((row) => row.id),
  }));
}

/** Each node is told which row it shows; a node that later shows another row was mixed up. */
function sameNodes(page: Page, list: string): Promise<boolean> {
  return page.locator(list).evaluate((list) => {
    const rows = [...list.querySelectorAll<HTMLElement & { row?: string }>("li")];
    for (const row of rows) row.row ??= row.id;
    return rows.every((row) => row.row === row.id);
  });
}

for (const [list, what] of [
  ["#rows", "a keyed list"],
  ["#kept", "Rows"],
] as const) {
  test(`${what}: random moves, inserts and removes end in the server's order, with the same nodes`, async ({ page }) => {
    await open(page, "/list");
    await sameNodes(page, list);
    let before = (await rows(page, list)).wanted;
    for (let round = 0; round < 15; round++) {
      await page.locator("#stir").click();
      await expect(page.locator("#rows")).not.toHaveAttribute("data-order", before ?? "");
      const { shown, wanted, odd, oddWanted } = await rows(page, list);
      expect(shown).toBe(wanted);
      expect(odd).toEqual(oddWanted);
      expect(await sameNodes(page, list)).toBe(true);
      before = wanted;
    }
  });
}

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
