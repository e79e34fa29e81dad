import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { changeFirstHtml } from "./first_html.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

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

test("a row's markup crosses the wire once, however many rows are made of it", async ({ page }) => {
  const frames = new Frames(page);
  await changeFirstHtml(page, () => document.querySelector("script")?.setAttribute("data-serializer", "json"));
  await open(page, "/list");
  for (let round = 0; round < 8; round++) {
    await page.locator("#stir").click();
    await settled(page);
  }
  const diffs = frames.receivedPayloads("phx_reply").map((payload) => payload["response"] as { diff?: { ops: unknown[][] } });
  const ops = diffs.flatMap(({ diff }) => diff?.ops ?? []);
  const defined = ops.filter(([name]) => name === "template").map(([, id]) => id);
  const loaded = ops.filter(([name]) => name === "load").map(([, id]) => id);
  expect(defined.length).toBeGreaterThan(0);
  expect(defined, "no template twice").toEqual([...new Set(defined)]);
  expect(new Set(loaded), "none that is not used").toEqual(new Set(defined));
  expect(loaded.length).toBeGreaterThan(3 * defined.length);
});
