import { expect, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

test("a live route answers with a finished page that names its actor by a signed token", async ({ request }) => {
  const response = await request.get("/counter");
  expect(response.status()).toBe(200);
  expect(response.headers()["content-type"]).toContain("text/html");
  expect(response.headers()["content-security-policy"]).toContain("default-src 'self'");
  const html = await response.text();
  expect(html).toMatch(/^<!doctype html>/i);
  expect(html).toContain('<h1 id="count">0</h1>');
  expect(html).toMatch(/<div[^>]* id="phx-[^"]+"/);
  expect(html).toMatch(/data-phx-main/);
  expect(html).toMatch(/data-phx-session="[^"]{40,}"/);
  expect(html, "no marker comments in the markup").not.toContain("<!--");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the content is there", async ({ page }) => {
    await page.goto("/uri/7?q=moon");
    await expect(page.locator("#id")).toHaveText("7");
    await expect(page.locator("#query")).toHaveText("moon");
  });
});

test("one page load mounts once", async ({ page, backstage }) => {
  const before = await backstage.mounts("counter");
  await open(page, "/counter");
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  expect(await backstage.mounts("counter")).toBe(before + 1);
});

test("the socket adopts the page: same nodes, same actor, no markup sent again", async ({ page }) => {
  const frames = new Frames(page);
  // Kept from the moment that the parser has made it, before any script of ours ran.
  await page.addInitScript(() => {
    document.addEventListener("readystatechange", () => (window.mark ??= document.querySelector("#count")));
  });
  await page.goto("/counter");
  const actor = await page.locator("#actor").textContent();
  await settled(page);
  const reply = frames.receivedPayloads("phx_reply")[0]?.["response"] as Record<string, unknown>;
  expect(Object.keys(reply)).toEqual(expect.arrayContaining(["n", "adopt", "check"]));
  expect(reply).not.toHaveProperty("diff");
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  await expect(page.locator("#actor")).toHaveText(actor ?? "");
  expect(await page.evaluate(() => window.mark === document.querySelector("#count"))).toBe(true);
});

test("path, query, full URI and the route's action reach the view after its mount", async ({ page }) => {
  await open(page, "/uri/42?q=a+b%26c");
  await expect(page.locator("#calls")).toHaveText("mount handle_params");
  await expect(page.locator("#id")).toHaveText("42");
  await expect(page.locator("#query")).toHaveText("a b&c");
  await expect(page.locator("#uri")).toHaveText(/\/uri\/42\?q=a\+b%26c$/);
  await expect(page.locator("#action")).toHaveText("show");
});

test("a mount may redirect, miss, or panic: the page load answers accordingly", async ({ page, request }) => {
  await open(page, "/redirected");
  expect(new URL(page.url()).pathname).toBe("/counter");
  expect((await request.get("/missing")).status()).toBe(404);
  expect((await request.get("/broken")).status()).toBe(500);
  expect((await request.get("/no/such/route")).status()).toBe(404);
  expect(await (await request.get("/plain")).text()).toBe("a plain page");
});

test("parameters that do not parse are an error page, not a crash of the server", async ({ request }) => {
  expect((await request.get("/uri/seven")).status()).toBeGreaterThanOrEqual(400);
  expect((await request.get("/uri/7")).status()).toBe(200);
});

test("a page that the back button brings back is alive", async ({ page }) => {
  await open(page, "/counter");
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");
  await page.goto("/plain");
  await page.goBack();
  await settled(page);
  const count = Number(await page.locator("#count").textContent());
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText(String(count + 1));
});
