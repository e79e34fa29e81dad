import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

test.beforeEach(async ({ page }) => open(page, "/dioxus"));

test("a component's own listener and signal work, and outlive renders of the view", async ({ page }) => {
  await page.locator("#first button").click();
  await page.locator("#first button").click();
  await expect(page.locator("#first output")).toHaveText("12");
  await page.locator("#toggle").click();
  await expect(page.locator("#second output")).toHaveText("20");
  await page.locator("#second button").click();
  await expect(page.locator("#second output")).toHaveText("21");
  await expect(page.locator("#first output")).toHaveText("12");
});

test("a component that goes and comes back starts anew", async ({ page }) => {
  await page.locator("#toggle").click();
  await page.locator("#second button").click();
  await expect(page.locator("#second output")).toHaveText("21");
  await page.locator("#toggle").click();
  await expect(page.locator("#second")).toHaveCount(0);
  await page.locator("#toggle").click();
  await expect(page.locator("#second output")).toHaveText("20");
});

test("input and key listeners get what was typed", async ({ page }) => {
  await page.locator("#mirrored").pressSequentially("grüße");
  await expect(page.locator("#mirror")).toHaveText("grüße");
  await expect(page.locator("#last-key")).toHaveText("e");
  await page.locator("#mirrored").press("ArrowLeft");
  await expect(page.locator("#last-key")).toHaveText("ArrowLeft");
});

test("an event bubbles to outer listeners once, unless it is stopped", async ({ page }) => {
  await page.locator("#bubbling").click();
  await expect(page.locator("#bubbles")).toHaveText("inner outer");
  await page.locator("#stopped").click();
  await expect(page.locator("#bubbles")).toHaveText("inner outer alone");
});

test("nested components appear one inside the other", async ({ page }) => {
  await page.locator("#deepen").click();
  await expect(page.locator(".nest")).toHaveCount(2);
  await page.locator("#deepen").click();
  await expect(page.locator(".nest")).toHaveCount(3);
  await expect(page.locator(".nest .nest .nest")).toHaveText("1");
});
