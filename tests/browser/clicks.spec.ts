import { expect, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

/** Kinds of binary frames. */
const EVENT = 0x20;
const REPLY = 0x11;

test.beforeEach(async ({ page }) => open(page, "/counter"));

test("a click calls the view's event", async ({ page }) => {
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
});

test("a click on what is inside the bound element counts", async ({ page }) => {
  await page.locator("#deep").click();
  await expect(page.locator("#count")).toHaveText("1");
});

test("bound arguments arrive with their types", async ({ page }) => {
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");
});

test("phx-value attributes arrive as values", async ({ page }) => {
  await page.locator("#add-values").click();
  await expect(page.locator("#count")).toHaveText("7");
});

test("an event with arguments of the wrong type or an unknown name is refused, and the view goes on", async ({ page }) => {
  await page.locator("#unknown").click();
  await settled(page);
  await page.locator("#add").evaluate((button) => button.setAttribute("phx-click", '[["push",{"event":"add","args":["x"]}]]'));
  await page.locator("#add").click();
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  await expect(page.locator("#connects")).toHaveText("1");
});

test("a disabled button pushes nothing", async ({ page }) => {
  await page.locator("#disabled").dispatchEvent("click");
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
});

test("a click tells where it hit and which modifier keys were held", async ({ page }) => {
  const box = await page.locator("#point").boundingBox();
  // Where the mouse is in the page: Playwright's own positions count from inside of the border.
  await page.keyboard.down("Shift");
  await page.mouse.click((box?.x ?? 0) + 6, (box?.y ?? 0) + 8);
  await page.keyboard.up("Shift");
  const [width, height] = [box?.width.toFixed(0), box?.height.toFixed(0)];
  await expect(page.locator("#clicked")).toHaveText(/^\d+,\d+ of \d+x\d+ shift=true$/);
  const numbers = (await page.locator("#clicked").textContent())?.match(/\d+/g)?.map(Number) ?? [];
  expect(Math.abs((numbers[0] ?? 0) - 6)).toBeLessThanOrEqual(1);
  expect(Math.abs((numbers[1] ?? 0) - 8)).toBeLessThanOrEqual(1);
  expect(Math.abs((numbers[2] ?? 0) - Number(width))).toBeLessThanOrEqual(1);
  expect(Math.abs((numbers[3] ?? 0) - Number(height))).toBeLessThanOrEqual(1);
});

test("a click on a link with a binding pushes and does not load another page", async ({ page }) => {
  await page.locator("#link").click();
  await expect(page.locator("#count")).toHaveText("1");
  expect(await page.evaluate(() => window.liveSocket.isConnected())).toBe(true);
});

test("a push from a script gets the handler's reply, after the patch that it caused", async ({ page }) => {
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");
  const answer = await page.evaluate(async () => {
    const { main } = window.liveSocket;
    const reply = await window.liveSocket.js().push(main.el, "double");
    return { reply, shown: document.querySelector("#count")?.textContent };
  });
  expect(answer).toEqual({ reply: 10, shown: "10" });
});

test("a counter click costs a few bytes in each direction", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/counter");
  for (const count of ["1", "2"]) {
    await page.locator("#inc").click();
    await expect(page.locator("#count")).toHaveText(count);
    await settled(page);
  }
  const [, event] = frames.sentOfKind(EVENT);
  const [, reply] = frames.receivedOfKind(REPLY);
  expect(event?.length).toBeLessThanOrEqual(30);
  expect(reply?.length).toBeLessThanOrEqual(30);
  expect(reply?.toString(), "the count is in it").toMatch(/2$/);
});
