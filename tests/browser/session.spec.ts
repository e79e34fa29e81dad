import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { settled } from "./settled.ts";

/** Changes the HTML of the next page load only. */
async function tamperOnce(page: Page, change: (html: string) => string): Promise<void> {
  await page.route(
    /\/counter$/,
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: change(await response.text()) });
    },
    { times: 1 },
  );
}

/** The reasons for which the server refused joins. */
const refusals = (frames: Frames) =>
  frames
    .receivedPayloads("phx_reply")
    .filter((payload) => payload["status"] === "error")
    .map((payload) => (payload["response"] as { reason: string }).reason);

test("a forged session token is refused as stale, and the page loads itself again", async ({ page }) => {
  const frames = new Frames(page);
  await tamperOnce(page, (html) => html.replace(/(data-phx-session="[^"]{20})(.)/, (_, start, letter) => start + (letter === "A" ? "B" : "A")));
  await page.goto("/counter");
  await expect.poll(() => refusals(frames), { timeout: 15_000 }).toEqual(["stale"]);
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
});

test("a token does not open another page's topic", async ({ page }) => {
  const frames = new Frames(page);
  await tamperOnce(page, (html) => html.replace(/ id="phx-[^"]+"/, ' id="phx-somebody-elses"'));
  await page.goto("/counter");
  await expect.poll(() => refusals(frames).length, { timeout: 15_000 }).toBeGreaterThan(0);
  await settled(page);
  await expect(page.locator("#phx-somebody-elses")).toHaveCount(0);
});

test("a join without the page's CSRF token is refused", async ({ page }) => {
  const frames = new Frames(page);
  await tamperOnce(page, (html) => html.replace(/(<meta[^>]*csrf-token[^>]*content=")[^"]+/, "$1forged"));
  await page.goto("/counter");
  await expect.poll(() => refusals(frames), { timeout: 15_000 }).toEqual([expect.stringMatching(/stale|unauthorized/)]);
  await settled(page);
});

test("a page of another origin cannot open a socket", async ({ page, server }) => {
  await page.goto("about:blank");
  const opened = await page.evaluate(
    (url) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(url);
        socket.addEventListener("open", () => resolve(true));
        socket.addEventListener("error", () => resolve(false));
      }),
    `${server.url.replace("http", "ws")}/live/websocket?vsn=2.0.0`,
  );
  expect(opened).toBe(false);
});
