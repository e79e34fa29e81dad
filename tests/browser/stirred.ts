import { type Page, expect } from "@playwright/test";

/** Stirs the rows of `/list` a few times: what shows is each time what the server says, in its order. */
export async function expectStirring(page: Page): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const before = (await page.locator("#rows").getAttribute("data-order")) ?? "";
    await page.locator("#stir").click();
    await expect(page.locator("#rows")).not.toHaveAttribute("data-order", before);
    const shown = await page.locator("#rows li span").allTextContents();
    await expect(page.locator("#rows")).toHaveAttribute("data-order", shown.join(","));
  }
}
