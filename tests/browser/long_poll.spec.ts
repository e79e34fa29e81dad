import { expect, test } from "./fixtures.ts";
import { changeFirstHtml } from "./first_html.ts";
import { Gateway, type Manner } from "./gateway.ts";
import { ControlledNetwork } from "./network.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";
import { expectStirring } from "./stirred.ts";

for (const manner of ["refuse", "swallow"] satisfies Manner[]) {
  test(`behind a gateway that would ${manner} WebSockets a page is live by polls, and the tab remembers it`, async ({ page, server }) => {
    const gateway = await Gateway.before(server.url, manner);
    const scripts: string[] = [];
    page.on("request", (request) => request.resourceType() === "script" && scripts.push(new URL(request.url()).pathname));
    await open(page, `${gateway.url}/counter`);
    for (const count of [1, 2, 3]) {
      await page.locator("#inc").click();
      await expect(page.locator("#count")).toHaveText(String(count));
    }
    await page.locator("#add").click();
    await expect(page.locator("#count")).toHaveText("8");
    expect(gateway.handshakes).toBe(1);
    expect(scripts).toEqual(["/live/bennu.js", "/live/longpoll.mjs"]);

    await page.reload();
    await settled(page);
    await page.locator("#inc").click();
    await expect(page.locator("#count")).toHaveText("1");
    expect(gateway.handshakes, "the next page of the tab asks for no WebSocket").toBe(1);
    gateway.close();
  });
}

test("a page that polls hears what others do, and everything that a page does works", async ({ page, server, backstage }) => {
  const gateway = await Gateway.before(server.url, "refuse");
  await open(page, `${gateway.url}/counter`);
  await expect(page.locator("#count")).toHaveText("0");
  await backstage.tick();
  await expect(page.locator("#count")).toHaveText("1");

  await open(page, `${gateway.url}/list`);
  await expectStirring(page);
  gateway.close();
});

test("a page that polls outlives a restart of its server", async ({ page }) => {
  const first = await Server.start("pages");
  const gateway = await Gateway.before(first.url, "refuse");
  await open(page, `${gateway.url}/counter`);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  await first.kill();
  await expect(page.locator("[data-phx-session]")).toHaveClass(/phx-loading/);
  const second = await Server.start("pages", { port: first.port });
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  await second.kill();
  gateway.close();
});

test("a view of a page that polls goes on at the next server with what it hands over", async ({ page }) => {
  const secret = "known to both servers";
  const [first, second] = await Promise.all([Server.start("pages", { secret }), Server.start("pages", { secret })]);
  const gateway = await Gateway.before(first.url, "refuse");
  await open(page, `${gateway.url}/counter`);
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");
  const actor = await page.locator("#actor").textContent();
  await expect.poll(() => gateway.polls).toBe(1);
  expect(await first.terminate()).toBe(0);
  gateway.leadTo(second.url);
  await expect(page.locator("#actor")).not.toHaveText(actor!);
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("6");
  expect(gateway.handshakes).toBe(1);
  await second.kill();
  gateway.close();
});

test("a server that is away is no reason to poll: who had a WebSocket once waits for the next", async ({ page }) => {
  const network = await ControlledNetwork.of(page);
  const polls: string[] = [];
  page.on("request", (request) => request.url().includes("longpoll") && polls.push(request.url()));
  await open(page, "/counter");
  await network.lose();
  const before = await network.attempts();
  await expect.poll(() => network.attempts()).toBeGreaterThan(before + 2);
  await network.restore();
  await settled(page);
  expect(polls).toEqual([]);
});

test("a page may forbid polls", async ({ page, server }) => {
  const gateway = await Gateway.before(server.url, "refuse");
  const polls: string[] = [];
  page.on("request", (request) => request.url().includes("longpoll") && polls.push(request.url()));
  await changeFirstHtml(page, () => document.querySelector("script")?.setAttribute("data-longpoll", "off"));
  await page.goto(`${gateway.url}/counter`);
  await expect.poll(() => gateway.handshakes).toBeGreaterThan(3);
  expect(polls).toEqual([]);
  gateway.close();
});
