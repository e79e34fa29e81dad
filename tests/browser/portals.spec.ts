import type { Page } from "@playwright/test";
import { expect, mark, marked, testWithoutResume as test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

const toggle = (page: Page, name: string) => page.locator(`#toggle-${name}`).click();

test("what is in a portal when the page loads is adopted, and shown below its target", async ({ page, backstage }) => {
  const frames = new Frames(page);
  const mounts = await backstage.mounts("portals");
  await open(page, "/portals?show=dialog,around,outer,inner");
  await expect(page.locator("body > #_lv_portal_wrap_dialog.dialog")).toHaveAttribute("data-phx-teleported-src", "dialog");
  await expect(page.locator("#modal-root > [data-phx-teleported-src=inside] > #inside-text")).toHaveText("inside 0");
  await expect(page.locator("template > *")).toHaveCount(0);
  await page.locator("#dialog-inc").click();
  await expect(page.locator("#dialog-count")).toHaveText("1 counted");
  await expect(page.locator("#inside-text")).toHaveText("inside 1");
  await expect(page.locator("#core-inc")).toHaveText("core 1");
  expect(await backstage.mounts("portals"), "no second view, so the page was the one that was rendered").toBe(mounts + 1);
  expect(frames.sentPayloads("phx_join")).toHaveLength(1);
});

test("a portal comes with a patch, is patched, and goes with itself or with what is around it", async ({ page }) => {
  await open(page, "/portals");
  await toggle(page, "dialog");
  await toggle(page, "around");
  await page.locator("#dialog-inc").click();
  await page.locator("#dialog-inc").click();
  await expect(page.locator("#dialog-count")).toHaveText("2 counted");
  await expect(page.locator("#count")).toHaveText("2");
  await expect(page.locator("#modal-root #inside-text")).toHaveText("inside 2");
  await page.locator("#dialog-close").click();
  await expect(page.locator("#dialog-count")).toHaveCount(0);
  await expect(page.locator("#inside-text"), "another portal stays").toHaveCount(1);
  await toggle(page, "around");
  await expect(page.locator("#inside-text")).toHaveCount(0);
  await toggle(page, "dialog");
  await expect(page.locator("#dialog-count")).toHaveText("2 counted");
});

test("bindings and listeners in a portal reach their view", async ({ page }) => {
  await open(page, "/portals?show=dialog");
  await page.keyboard.press("Escape");
  await expect(page.locator("#escapes")).toHaveText("1");
  await page.locator("#listener").click();
  await expect(page.locator("#heard"), "first inside, then around the portal").toHaveText("1 1");
  await page.locator("#bubbling").click();
  await expect(page.locator("#heard")).toHaveText("1 2");
  await page.locator("#dialog-form [name=text]").pressSequentially("abc");
  await expect(page.locator("#text")).toHaveText("abc");
  await page.locator("#dialog-save").click();
  await expect(page.locator("#saved")).toHaveText("text=abc");
});

test("patches leave the focus and the typed text in a portal alone", async ({ page }) => {
  await open(page, "/portals?show=dialog");
  const input = page.locator("#dialog-form [name=text]");
  await input.fill("typed");
  await settled(page);
  await page.evaluate(() => document.querySelector<HTMLElement>("#dialog-inc")!.click());
  await toggle(page, "around");
  await input.focus();
  await page.evaluate(() => document.querySelector<HTMLElement>("#toggle-around")!.click());
  await expect(page.locator("#inside-text")).toHaveCount(0);
  await expect(input).toBeFocused();
  await expect(input).toHaveValue("typed");
});

test("portals in portals show, hear, and go and come together", async ({ page }) => {
  await open(page, "/portals");
  await toggle(page, "inner");
  await toggle(page, "outer");
  const all = ["#outer-count", "#inner-inc", "#core-inc"];
  for (const place of ["#in-outer > [data-phx-teleported-src=core] > #core-inc", "body > [data-phx-teleported-src=inner] > #inner-inc"]) {
    await expect(page.locator(place)).toHaveCount(1);
  }
  await page.locator("#inner-inc").click();
  await page.locator("#core-inc").click();
  await expect(page.locator("#outer-count")).toHaveText("outer 2");
  await expect(page.locator("#core-inc")).toHaveText("core 2");
  await page.locator("#outer-toggle").click();
  await expect(page.locator("#inner-inc")).toHaveCount(0);
  await expect(page.locator("#core-inc")).toHaveCount(0);
  await page.locator("#outer-toggle").click();
  await expect(page.locator("#core-inc")).toHaveText("core 2");
  await toggle(page, "outer");
  for (const one of all) await expect(page.locator(one)).toHaveCount(0);
  await toggle(page, "outer");
  for (const one of all) await expect(page.locator(one)).toHaveCount(1);
  await page.locator("#core-inc").click();
  await expect(page.locator("#inner-inc")).toHaveText("inner 3");
});

test("a target may come with its portal, later, and again", async ({ page }) => {
  await open(page, "/portals?show=dialog");
  await toggle(page, "together");
  await expect(page.locator("#together-target #together-text")).toHaveText("together 0");
  await expect(page.locator("#late-text")).toHaveCount(0);
  await page.locator("#dialog-inc").click();
  await toggle(page, "target");
  await expect(page.locator("#late-target #late-text")).toHaveText("late 1");
  await toggle(page, "target");
  await expect(page.locator("#late-text")).toHaveCount(0);
  await toggle(page, "target");
  await expect(page.locator("#late-target #late-text")).toHaveText("late 1");
});

test("live navigation takes the portals of the view along", async ({ page }) => {
  await open(page, "/portals?show=dialog,around,outer,inner,together");
  await mark(page);
  await page.locator("#leave").click();
  await page.waitForURL("**/counter");
  await settled(page);
  await expect(page.locator("[data-phx-teleported-src]")).toHaveCount(0);
  await page.goBack();
  await expect(page.locator("#dialog-count")).toHaveText("0 counted");
  await page.locator("#core-inc").click();
  await expect(page.locator("#dialog-count")).toHaveText("1 counted");
  await expect(page.locator("[data-phx-teleported-src]")).toHaveCount(7);
  expect(await marked(page)).toBe(true);
});

test("a view that was lost comes back with its portals, each once, and what was typed in them", async ({ page, backstage }) => {
  await open(page, "/portals?show=dialog,around,outer,inner,target");
  const mounts = await backstage.mounts("portals");
  const input = page.locator("#dialog-form [name=text]");
  await input.fill("kept");
  await settled(page);
  await page.evaluate(() => Object.assign(document.querySelector("#core-inc")!, { mark: "here" }));
  await page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
  await backstage.ended("portals");
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  expect(await backstage.mounts("portals"), "a new view").toBe(mounts + 1);
  await expect(page.locator("[data-phx-teleported-src]")).toHaveCount(7);
  await expect(page.locator("#dialog-count")).toHaveCount(1);
  await expect(page.locator("template > *")).toHaveCount(0);
  await expect(input).toHaveValue("kept");
  await expect(input).toBeFocused();
  await expect(page.locator("#text"), "the new view was told").toHaveText("kept");
  expect(await page.evaluate(() => (document.querySelector("#core-inc") as unknown as { mark?: string }).mark), "the same nodes").toBe("here");
  await page.locator("#core-inc").click();
  await expect(page.locator("#inside-text")).toHaveText("inside 1");
  await expect(page.locator("#late-text")).toHaveText("late 1");
});
