import { expect, test } from "./fixtures.ts";
import { open, settled } from "./settled.ts";

for (const [where, path] of [["", "/log-in"], [" in a portal", "/log-in?portal="]] as const)
test(`a form${where} that the view found right is posted by the browser, with token, method and button`, async ({ page }) => {
  await open(page, path);
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("long enough");
  const [request] = await Promise.all([page.waitForRequest((request) => request.method() === "POST"), page.locator("#go").click()]);
  expect(new URL(request.url()).pathname).toBe("/log-in");
  await expect(page.locator("#who"), "the request wrote the session").toHaveText("ada long enough button");
  await settled(page);
  const posted = new URLSearchParams(request.postData() ?? "");
  expect(posted.get("_csrf_token")).toMatch(/^[\w-]{64}$/);
  posted.delete("_csrf_token");
  expect(posted.toString()).toBe("_method=put&user%5Bname%5D=ada&user%5Bpassword%5D=long+enough&submit=trap&by=button");
});

test("the socket is closed before the browser posts", async ({ page }) => {
  let closed = false;
  page.on("websocket", (socket) => socket.on("close", () => (closed = true)));
  await open(page, "/log-in");
  // The server takes its time, so that nothing but the client itself can have closed the socket.
  await page.route("**/log-in", async (route) => {
    if (route.request().method() === "POST") await expect.poll(() => closed).toBe(true);
    await route.continue();
  });
  await page.getByLabel("Password").fill("long enough");
  await page.locator("#go").click();
  await expect(page.locator("#who"), "which went on when the socket was closed").toContainText("long enough");
});

test("a form that the view found wrong stays, without the password that was sent", async ({ page }) => {
  await open(page, "/log-in");
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("short");
  await page.locator("#go").click();
  await expect(page.locator(".field-errors")).toHaveText("is too short");
  await settled(page);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await expect(page.getByLabel("Name")).toHaveValue("ada");
  await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
});

test("a post without the form's token is refused", async ({ page }) => {
  await open(page, "/log-in");
  await page.locator("[name=_csrf_token]").evaluate((input: HTMLInputElement) => (input.value = "forged"));
  await page.getByLabel("Password").fill("long enough");
  const [response] = await Promise.all([page.waitForResponse((response) => response.request().method() === "POST"), page.locator("#go").click()]);
  expect(response.status()).toBe(403);
  await expect(page.getByRole("heading")).toHaveText("403 Forbidden");
});

test("the form works without the client, too", async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/log-in`);
  await page.getByLabel("Name").fill("ada");
  await page.locator("#go").click();
  await expect(page.locator("#who")).toHaveText(/^ada +button$/);
  await context.close();
});
