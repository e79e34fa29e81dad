import type { Locator, Page } from "@playwright/test";
import { expect, mark, marked, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

const count = (page: Page, name: string): Locator => page.locator(`#${name}-count`);
const actor = async (page: Page, name: string): Promise<string> => (await page.locator(`#${name}-actor`).textContent()) ?? "";

test("a page load mounts its nested views once, at any depth, and their sockets are the page's", async ({ page, backstage }) => {
  const before = await backstage.mounts("player");
  const frames = new Frames(page);
  await open(page, "/nested?show=one,deck");
  await page.locator("#one-inc").click();
  await page.locator("#deep-inc").click();
  await page.locator("#deep-inc").click();
  await expect(count(page, "one")).toHaveText("1");
  await expect(count(page, "deep")).toHaveText("2");
  await expect(page.locator("#count"), "the view around them has its own state").toHaveText("0");
  expect((await backstage.mounts("player")) - before).toBe(2);
  expect(frames.urls).toHaveLength(1);
  expect(frames.sentPayloads("phx_join")).toHaveLength(4);
  expect(frames.sentPayloads("phx_join").every(({ adopt }) => adopt === true)).toBe(true);
  await expect(page.locator("#deep")).toHaveClass("player phx-connected");
});

test("the first HTML holds them, for those who have no scripts", async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/nested?show=deck`);
  await expect(count(page, "deep")).toHaveText("0");
  await context.close();
});

test("a nested view that crashes comes back alone", async ({ page, backstage }) => {
  await open(page, "/nested?show=one,two");
  await mark(page);
  await page.locator("#inc").click();
  await page.locator("#one-inc").click();
  await page.locator("#two-inc").click();
  await expect(count(page, "two")).toHaveText("1");
  const [before, mounts] = [await actor(page, "one"), await backstage.mounts("nested")];
  await page.locator("#one-crash").click();
  await expect(page.locator("#one-actor")).not.toHaveText(before);
  await settled(page);
  await expect(count(page, "one")).toHaveText("0");
  await expect(count(page, "two")).toHaveText("1");
  await expect(page.locator("#count")).toHaveText("1");
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("1");
  expect(await backstage.mounts("nested")).toBe(mounts);
  expect(await marked(page)).toBe(true);
});

test("when the view around them crashes, all come back over the same socket", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/nested?show=one,deck");
  await mark(page);
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("1");
  const [one, deep] = [await actor(page, "one"), await actor(page, "deep")];
  await page.locator("#crash").click();
  await expect(page.locator("#one-actor")).not.toHaveText(one);
  await expect(page.locator("#deep-actor")).not.toHaveText(deep);
  await settled(page);
  await expect(count(page, "one")).toHaveText("0");
  await page.locator("#deep-inc").click();
  await expect(count(page, "deep")).toHaveText("1");
  expect(frames.urls, "one socket").toHaveLength(1);
  expect(await marked(page)).toBe(true);
});

test("a nested view that cannot be mounted is given up after three tries, and the page goes on", async ({ page, backstage }) => {
  const said: string[] = [];
  page.on("console", (message) => /^fragile |given up/.test(message.text()) && said.push(message.text()));
  await open(page, "/nested?show=fragile");
  await mark(page);
  await backstage.toggleFragile();
  try {
    await page.locator("#fragile #crash").click();
    const root = page.locator("[data-phx-main]");
    await expect(root, "the page says that something is wrong").toHaveClass(/phx-server-error/, { timeout: 15_000 });
    await page.locator("#inc").click();
    await expect(page.locator("#count")).toHaveText("1");
    const kinds = said.map((line) => line.replace(/ - .*/s, "")).filter((line) => !/(mount|update): received diff/.test(line));
    expect(kinds).toEqual([
      "fragile error: view crashed",
      "fragile error: unable to join",
      "fragile error: unable to join",
      "fragile error: unable to join",
      "fragile error: giving up trying to mount after 3 tries",
      "fragile destroyed: the child has been removed from the parent",
    ]);
  } finally {
    await backstage.toggleFragile();
  }
  await page.locator("#show-none").click();
  await page.locator("#show-fragile").click();
  await expect(page.locator("#fragile #alive"), "another container, another try").toHaveText("alive");
  expect(await marked(page)).toBe(true);
});

test("nested views resume with the page, and the page alone shows that it is disconnected", async ({ page }) => {
  await open(page, "/nested?show=one,deck");
  await page.locator("#one-inc").click();
  await page.locator("#deep-inc").click();
  await expect(count(page, "deep")).toHaveText("1");
  const actors = [await actor(page, "one"), await actor(page, "deep")];
  await page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
  await expect(page.locator(".phx-loading")).toHaveCount(1);
  await expect(page.locator(".phx-connected")).toHaveCount(0);
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await expect(page.locator(".phx-loading")).toHaveCount(0);
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("2");
  await expect(count(page, "deep")).toHaveText("1");
  expect([await actor(page, "one"), await actor(page, "deep")]).toEqual(actors);
});

test("nested views come, move and go with what the view around them shows", async ({ page, backstage }) => {
  await open(page, "/nested");
  const before = await backstage.mounts("player");
  await page.locator("#show-one").click();
  await expect(count(page, "one")).toHaveText("0");
  await settled(page);
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("1");
  await page.locator("#show-two-one").click();
  await expect(count(page, "two")).toHaveText("0");
  await expect(count(page, "one"), "it has moved").toHaveText("1");
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("2");
  await page.locator("#show-none").click();
  await expect(page.locator(".player")).toHaveCount(0);
  await page.locator("#show-one").click();
  await expect(count(page, "one"), "another one").toHaveText("0");
  await settled(page);
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("1");
  expect((await backstage.mounts("player")) - before).toBe(3);
});

test("a nested view may be in a portal", async ({ page }) => {
  await open(page, "/nested?show=ported,one");
  await expect(page.locator("body > #_lv_portal_wrap_portal > #ported")).toHaveClass(/phx-connected/);
  await page.locator("#ported-inc").click();
  await expect(count(page, "ported")).toHaveText("1");
  const before = await actor(page, "ported");
  await page.locator("#ported-crash").click();
  await expect(page.locator("#ported-actor")).not.toHaveText(before);
  await settled(page);
  await page.locator("#ported-inc").click();
  await expect(count(page, "ported")).toHaveText("1");
  await page.locator("#crash").click();
  await expect(count(page, "ported")).toHaveText("0");
  await settled(page);
  await page.locator("#ported-inc").click();
  await expect(count(page, "ported")).toHaveText("1");
  await page.locator("#show-none").click();
  await expect(page.locator("#ported")).toHaveCount(0);
});

test("what no binding of a nested view takes is for the view around it", async ({ page }) => {
  await open(page, "/nested?show=one");
  await page.locator("#one-plain").click();
  await expect(page.locator("#heard")).toHaveText("1");
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("1");
  await expect(page.locator("#heard")).toHaveText("1");
});

for (const [how, what] of [
  ["#one-leave", "its server"],
  ["#one-link", "a link in it"],
] as const) {
  test(`a nested view can lead the page elsewhere, by ${what}`, async ({ page }) => {
    const frames = new Frames(page);
    await open(page, "/nested?show=one");
    await mark(page);
    await page.locator(how).click();
    await expect(count(page, "third")).toHaveText("0");
    await settled(page);
    await expect(page).toHaveURL(/show=third$/);
    await expect(page.locator("#one")).toHaveCount(0);
    await page.locator("#third-inc").click();
    await expect(count(page, "third")).toHaveText("1");
    await page.goBack();
    await expect(count(page, "one"), "as any page on the way back").toHaveText("0");
    await settled(page);
    await page.locator("#one-inc").click();
    await expect(count(page, "one")).toHaveText("1");
    expect(frames.urls).toHaveLength(1);
    expect(await marked(page)).toBe(true);
  });
}

test("a page that is loaded anew by its server has its nested views as they are", async ({ page }) => {
  await open(page, "/nested?show=one");
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("1");
  // What the page shows no longer fits what the server knows: it asks for all of it, and the nested view is not touched.
  await page.locator("#count").evaluate((output) => output.firstChild?.remove());
  const one = await actor(page, "one");
  await page.locator("#inc").click();
  await settled(page);
  await page.locator("#one-inc").click();
  await expect(count(page, "one")).toHaveText("2");
  expect(await actor(page, "one")).toBe(one);
});

test("a sticky view goes along to the next page as it is, and stays connected", async ({ page, backstage }) => {
  const frames = new Frames(page);
  await open(page, "/nested?show=sticky,one");
  await mark(page);
  await page.locator("#sticky-inc").click();
  await expect(count(page, "sticky")).toHaveText("1");
  const before = await actor(page, "sticky");
  await page.locator("#sticky").evaluate((el) => ((el as HTMLElement & { mark?: string }).mark = "the same element"));
  const mounts = await backstage.mounts("player");

  await page.locator("#with").click();
  await expect(count(page, "two")).toHaveText("0");
  await expect(page.locator("#one")).toHaveCount(0);
  await settled(page);
  expect(await actor(page, "sticky")).toBe(before);
  await page.locator("#sticky-inc").click();
  await expect(count(page, "sticky")).toHaveText("2");
  await expect(page.locator("#sticky")).toHaveCount(1);
  expect(await page.locator("#sticky").evaluate((el) => (el as HTMLElement & { mark?: string }).mark)).toBe("the same element");
  expect(await backstage.mounts("player"), "only the other one is new").toBe(mounts + 1);
  const topics = (event: string) => frames.sent.filter((frame) => typeof frame === "string").map((frame) => JSON.parse(frame) as string[]).filter((frame) => frame[3] === event).map((frame) => frame[2]);
  expect(topics("phx_join").filter((topic) => topic === "lv:sticky"), "it joined once").toHaveLength(1);
  expect(topics("phx_leave")).not.toContain("lv:sticky");

  // It resumes with the page it is in now.
  await page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await page.locator("#sticky-inc").click();
  await expect(count(page, "sticky")).toHaveText("3");
  expect(await actor(page, "sticky")).toBe(before);

  await page.locator("#without").click();
  await expect(page.locator("#sticky")).toHaveCount(0);
  await page.locator("#with").click();
  await expect(count(page, "sticky"), "a page without it was its end").toHaveText("0");
  expect(await marked(page)).toBe(true);
});

test("a sticky view can lead the page elsewhere, again and again, and keeps focus and what is typed in it", async ({ page }) => {
  await open(page, "/nested?show=sticky");
  await page.locator("#sticky-note").pressSequentially("typed");
  await page.locator("#sticky-note").evaluate((input: HTMLInputElement) => input.setSelectionRange(1, 3));
  for (const name of ["two", "one"]) {
    await page.evaluate((name) => {
      // As a command of its own would: the focus stays where it is.
      const link = document.querySelector<HTMLAnchorElement>("#sticky-link")!;
      link.href = `/nested?show=sticky,${name}`;
      link.click();
    }, name);
    await expect(count(page, name)).toHaveText("0");
    await settled(page);
    await expect(page.locator("#sticky-link")).not.toHaveClass(/phx-click-loading/);
    await expect(page.locator("#sticky-note")).toHaveValue("typed");
    await expect(page.locator("#sticky-note")).toBeFocused();
    expect(await page.locator("#sticky-note").evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd])).toEqual([1, 3]);
  }
  await page.locator("#sticky-inc").click();
  await expect(count(page, "sticky")).toHaveText("1");
});
