import { expect, mark, marked, scriptErrors, test } from "./fixtures.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";

test("a page outlives the death of its server, without a reload", async ({ page }) => {
  let server = await Server.start("pages", { secret: "kept" });
  try {
    await open(page, `${server.url}/counter`);
    await mark(page);
    await page.locator("#add").click();
    await expect(page.locator("#count")).toHaveText("5");
    const { port } = server;

    await server.kill();
    await expect(page.locator("[data-phx-main]")).toHaveClass(/phx-loading/);
    server = await Server.start("pages", { secret: "kept", port });
    await settled(page);

    expect(await marked(page), "the page was not loaded again").toBe(true);
    await expect(page.locator("#count"), "a new view: the state was in the old process").toHaveText("0");
    await page.locator("#inc").click();
    await expect(page.locator("#count")).toHaveText("1");
  } finally {
    await server.kill();
  }
});

test("text that is being typed outlives the death of the server", async ({ page }) => {
  let server = await Server.start("pages", { secret: "kept" });
  try {
    await open(page, `${server.url}/telemetry`);
    await page.locator("#notes").pressSequentially("a long note");
    const { port } = server;
    await server.kill();
    await expect(page.locator("[data-phx-main]")).toHaveClass(/phx-loading/);
    await page.locator("#notes").pressSequentially(" goes on");
    server = await Server.start("pages", { secret: "kept", port });
    await settled(page);
    await expect(page.locator("#notes")).toHaveValue("a long note goes on");
    await expect(page.locator("#notes")).toBeFocused();
    const seen = Number(await page.locator("#readings").textContent());
    await expect.poll(async () => Number(await page.locator("#readings").textContent())).toBeGreaterThan(seen + 3);
    await expect(page.locator("#notes")).toHaveValue("a long note goes on");
  } finally {
    await server.kill();
  }
});

test("a server with another secret makes the page load itself again, once", async ({ page, context }) => {
  let server = await Server.start("pages", { secret: "old" });
  const errors = scriptErrors(context);
  let loads = 0;
  page.on("load", () => loads++);
  try {
    await open(page, `${server.url}/counter`);
    await mark(page);
    const { port } = server;
    await server.kill();
    await expect(page.locator("[data-phx-main]")).toHaveClass(/phx-loading/);
    server = await Server.start("pages", { secret: "new", port });
    await expect.poll(() => loads, { timeout: 20_000 }).toBe(2);
    await settled(page);
    expect(await marked(page)).toBe(false);
    await page.locator("#inc").click();
    await expect(page.locator("#count")).toHaveText("1");
    expect(loads).toBe(2);
    expect(errors).toEqual([]);
  } finally {
    await server.kill();
  }
});
