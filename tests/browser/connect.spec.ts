import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { changeFirstHtml } from "./first_html.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";
import { expectStirring } from "./stirred.ts";

const text = (page: Page, id: string) => page.locator(`#${id}`);

test("a view knows that its page load has no socket yet, and who takes it later", async ({ page, request }) => {
  expect(await (await request.get("/connect")).text()).toContain('<output id="connected-at-mount">false</output>');
  await open(page, "/connect");
  await expect(text(page, "agent")).toHaveText(/Chrom/);
  await expect(text(page, "mounts")).toHaveText("0");
  await expect(text(page, "zone")).toHaveText("unknown");
});

test("the page's own parameters are asked for at each join, and joins are counted", async ({ page }) => {
  await changeFirstHtml(page, () => {
    document.querySelector("script")?.setAttribute("data-manual", "");
    document.addEventListener("DOMContentLoaded", () => {
      let joins = 0;
      new window.Bennu.LiveSocket("/live", { params: () => ({ zone: `zone ${++joins}` }) }).connect();
    });
  });
  await open(page, "/connect");
  await expect(text(page, "zone")).toHaveText("zone 1");
  await page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await expect(text(page, "zone")).toHaveText("zone 2");
  await expect(text(page, "mounts")).toHaveText("1");
  await expect(text(page, "gone"), "the view was told that its socket went").toHaveText("1");
});

test("with the JSON serializer every frame is readable text", async ({ page }) => {
  const frames = new Frames(page);
  await changeFirstHtml(page, () => document.querySelector("script")?.setAttribute("data-serializer", "json"));
  await open(page, "/counter");
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("6");
  await settled(page);
  expect(frames.urls).toEqual([expect.stringContaining("serializer=json")]);
  for (const frame of [...frames.sent, ...frames.received]) expect(typeof frame).toBe("string");
  const events = frames.sentPayloads("event").map(({ type, event, args }) => ({ type, event, args }));
  expect(events).toEqual([
    { type: "click", event: "inc", args: undefined },
    { type: "click", event: "add", args: [5] },
  ]);
  expect(JSON.stringify(frames.receivedPayloads("phx_reply"))).toMatch(/\["text",\d+,"6"\]/);
});

test("everything that a page does also works with JSON", async ({ page }) => {
  await changeFirstHtml(page, () => document.querySelector("script")?.setAttribute("data-serializer", "json"));
  await open(page, "/list");
  await expectStirring(page);
});
