import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

test.beforeEach(async ({ page }) => open(page, "/toast"));

test("an event from the server is a window event, after the patch of the same message", async ({ page }) => {
  const heard = page.evaluate(
    () =>
      new Promise((resolve) =>
        window.addEventListener("phx:toast", (event) =>
          resolve({ detail: (event as CustomEvent).detail, shown: document.querySelector("#sent")?.textContent }),
        ),
      ),
  );
  await page.locator("#toast").click();
  expect(await heard).toEqual({ detail: { text: "<done> & dusted", n: 1 }, shown: "1" });
});

test("each event arrives once", async ({ page }) => {
  await page.evaluate(() => {
    window.mark = [];
    window.addEventListener("phx:toast", (event) => (window.mark as number[]).push((event as CustomEvent).detail.n));
  });
  for (const sent of ["1", "2", "3"]) {
    await page.locator("#toast").click();
    await expect(page.locator("#sent")).toHaveText(sent);
  }
  expect(await page.evaluate(() => window.mark)).toEqual([1, 2, 3]);
});

test("a reply goes back to whoever pushed", async ({ page }) => {
  const replies = await page.evaluate(() => {
    const { main } = window.liveSocket;
    const ask = (question: string) => window.liveSocket.js().push(main.el, "ask", { value: { question } });
    return Promise.all([ask("who?"), ask("why?")]);
  });
  expect(replies).toEqual([
    { asked: "who?", n: 1 },
    { asked: "why?", n: 2 },
  ]);
});

test("the title is live, between a prefix and a suffix that stay", async ({ page }) => {
  await expect(page).toHaveTitle("Pages: toasts (Bennu)");
  await page.locator("#rename").click();
  await expect(page).toHaveTitle("Pages: toasts & <more> (Bennu)");
});

test("a page without a title shows the layout's default", async ({ page }) => {
  await open(page, "/counter");
  await expect(page).toHaveTitle("Pages: untitled (Bennu)");
});
