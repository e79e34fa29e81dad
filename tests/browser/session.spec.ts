import { expect, test } from "./fixtures.ts";
import { changeFirstHtml } from "./first_html.ts";
import { Frames } from "./frames.ts";
import { settled } from "./settled.ts";

/** The reasons for which the server refused joins. */
const refusals = (frames: Frames) =>
  frames
    .receivedPayloads("phx_reply")
    .filter((payload) => payload["status"] === "error")
    .map((payload) => (payload["response"] as { reason: string }).reason);

test("a forged session token is refused as stale, and the page loads itself again", async ({ page }) => {
  const frames = new Frames(page);
  await changeFirstHtml(page, () => {
    const container = document.querySelector("[data-phx-session]");
    const token = container?.getAttribute("data-phx-session") ?? "";
    container?.setAttribute("data-phx-session", token.slice(0, 20) + (token[20] === "A" ? "B" : "A") + token.slice(21));
  });
  await page.goto("/counter");
  await expect.poll(() => refusals(frames), { timeout: 15_000 }).toEqual(["stale"]);
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
});

test("a token does not open another page's topic", async ({ page }) => {
  const frames = new Frames(page);
  await changeFirstHtml(page, () => document.querySelector("[data-phx-session]")?.setAttribute("id", "phx-somebody-elses"));
  await page.goto("/counter");
  await expect.poll(() => refusals(frames).length, { timeout: 15_000 }).toBeGreaterThan(0);
  await settled(page);
  await expect(page.locator("#phx-somebody-elses")).toHaveCount(0);
});

test("a join without the page's CSRF token is refused", async ({ page }) => {
  const frames = new Frames(page);
  await changeFirstHtml(page, () => document.querySelector("meta[name=csrf-token]")?.setAttribute("content", "forged"));
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
