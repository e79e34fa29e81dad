import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

test("what one browser says, every browser in the room sees at once", async ({ page, browser, baseURL }) => {
  const context = await browser.newContext({ baseURL: baseURL ?? "" });
  const other = await context.newPage();
  const elsewhere = await context.newPage();
  await Promise.all([open(page, "/room/one"), open(other, "/room/one"), open(elsewhere, "/room/two")]);
  await page.locator("#text").fill("hello <there>");
  await page.locator("#text").press("Enter");
  await expect(page.locator("#lines li")).toHaveText(["hello <there>"]);
  await expect(other.locator("#lines li")).toHaveText(["hello <there>"]);
  await other.locator("#text").fill("and back");
  await other.locator("#text").press("Enter");
  await expect(page.locator("#lines li")).toHaveText(["hello <there>", "and back"]);
  await expect(elsewhere.locator("#lines li")).toHaveCount(0);
  await context.close();
});

test("broadcast_from leaves out whoever broadcasts", async ({ page, context }) => {
  const other = await context.newPage();
  await Promise.all([open(page, "/room/waves"), open(other, "/room/waves")]);
  await page.locator("#wave").click();
  await expect(other.locator("#lines li")).toHaveText(["a wave"]);
  await other.locator("#text").fill("last");
  await other.locator("#text").press("Enter");
  await expect(page.locator("#lines li")).toHaveText(["last"]);
});
