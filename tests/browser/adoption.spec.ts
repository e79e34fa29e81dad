import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

/** Holds the client back until the test lets it go, so that something can happen to the first HTML before. */
async function heldClient(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.js(\?|$)/, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test("text typed before the client has come is still there after adoption", async ({ page }) => {
  const release = await heldClient(page);
  await page.goto("/form", { waitUntil: "commit" });
  await page.locator("#name").fill("typed early");
  release();
  await settled(page);
  await expect(page.locator("#name")).toHaveValue("typed early");
  await page.locator("#email").pressSequentially("a");
  await expect(page.locator("#seen")).toHaveText(/^typed early\|a\|/);
});

test("a page that an extension has changed is joined afresh and merged, keeping what was typed", async ({ page }) => {
  const frames = new Frames(page);
  const release = await heldClient(page);
  await page.goto("/form", { waitUntil: "commit" });
  await page.locator("#name").fill("typed early");
  await page.locator("#name").focus();
  const actor = await page.locator("[data-phx-main]").getAttribute("id");
  await page.evaluate(() => {
    document.querySelector("form")?.prepend(document.createElement("extension-widget"));
    window.mark = document.querySelector("#name");
  });
  release();
  await settled(page);
  const fresh = frames.receivedPayloads("phx_reply").some((payload) => "fresh" in (payload["response"] as object));
  expect(fresh, "the join was a fresh one").toBe(true);
  await expect(page.locator("#name")).toHaveValue("typed early");
  await expect(page.locator("#name")).toBeFocused();
  expect(await page.evaluate(() => window.mark === document.querySelector("#name"))).toBe(true);
  expect(await page.locator("[data-phx-main]").getAttribute("id")).toBe(actor);
  await page.locator("#name").pressSequentially("!");
  await expect(page.locator("#seen")).toHaveText(/^typed early!\|/);
});

test("an extension that puts text into the page does not break later patches", async ({ page, backstage }) => {
  const before = await backstage.mounts("counter");
  const release = await heldClient(page);
  await page.goto("/counter", { waitUntil: "commit" });
  await page.evaluate(() => document.querySelector("#count")?.append("%"));
  release();
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  expect(await backstage.mounts("counter"), "the same actor answered").toBe(before + 1);
});

test("markup and classes added by scripts after adoption survive patches around and on them", async ({ page }) => {
  await open(page, "/telemetry");
  await page.evaluate(() => {
    document.querySelector("#before")?.insertAdjacentHTML("beforeend", "<i id=own>mine</i>");
    document.querySelector("#form")?.classList.add("own");
  });
  const seen = Number(await page.locator("#readings").textContent());
  await expect.poll(async () => Number(await page.locator("#readings").textContent())).toBeGreaterThan(seen + 3);
  await expect(page.locator("#own")).toHaveText("mine");
  // The server writes this class anew with every reading.
  await expect(page.locator("#form")).toHaveClass(/^n\d own$/);
});
