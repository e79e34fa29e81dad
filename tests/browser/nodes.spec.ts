import { get } from "node:http";
import { type Page } from "@playwright/test";
import { Balancer } from "./balancer.ts";
import { Backstage, expect, mark, marked, test as base } from "./fixtures.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";

/** Two nodes that share their secret, and what stands before them: it leads to the first as long as that one lives. */
interface Site {
  first: Server;
  second: Server;
  url: string;
}

const test = base.extend<{ site: Site }>({
  site: async ({}, use) => {
    const secret = "known to both nodes";
    const [first, second] = await Promise.all([Server.start("pages", { secret }), Server.start("pages", { secret })]);
    const balancer = await Balancer.start([first, second]);
    await use({ first, second, url: balancer.url });
    balancer.stop();
    await Promise.all([first.kill(), second.kill()]);
  },
});

/** Notes the codes with which sockets are closed. To be called before the page is opened. */
async function noteCloses(page: Page): Promise<() => Promise<number[]>> {
  await page.addInitScript(() => {
    const codes: number[] = [];
    Object.assign(window, { closes: codes });
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        this.addEventListener("close", (event) => codes.push(event.code));
      }
    };
  });
  return () => page.evaluate(() => (window as unknown as { closes: number[] }).closes);
}

/** Loads a plain page again and again, each time by a connection of its own, and tells what was answered. */
function visit(url: string): { stop(): Promise<number[]> } {
  const statuses: number[] = [];
  let going = true;
  const once = () =>
    new Promise<number>((resolve, reject) => {
      get(url, { agent: false }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode ?? 0));
      }).once("error", reject);
    });
  const visits = (async () => {
    while (going) statuses.push(await once());
  })();
  return {
    async stop() {
      going = false;
      await visits;
      return statuses;
    },
  };
}

test("a page whose node is killed is live at the other one, by itself and without a reload", async ({ page, site }) => {
  await open(page, `${site.url}/counter`);
  await mark(page);
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");
  expect(await new Backstage(site.second.url).mounts("counter")).toBe(0);

  await site.first.kill();
  await expect(page.locator("#count"), "the state was in the node that is gone").toHaveText("0");
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("1");
  expect(await new Backstage(site.second.url).mounts("counter")).toBe(1);
  expect(await marked(page), "the page was not loaded again").toBe(true);
});

test("a view of a node that is told to stop goes on at the other with what it hands over", async ({ page, site }) => {
  await open(page, `${site.url}/counter`);
  await page.locator("#add").click();
  await expect(page.locator("#count")).toHaveText("5");
  const actor = await page.locator("#actor").textContent();
  expect(await site.first.terminate()).toBe(0);
  await settled(page);
  await page.locator("#inc").click();
  await expect(page.locator("#count")).toHaveText("6");
  await expect(page.locator("#actor")).not.toHaveText(actor!);
});

test("a node that is told to stop hands its pages over: 1012, forms as they were typed, no request refused", async ({ page, site }) => {
  const closes = await noteCloses(page);
  const statuses: number[] = [];
  page.on("response", (response) => statuses.push(response.status()));
  await open(page, `${site.url}/recovery`);
  await mark(page);
  const field = (name: string) => page.locator(`[name=${name}]`);
  await field("d").selectOption("bar");
  await field("c").fill("outside");
  await field("uncontrolled").fill("unseen");
  await field("b").fill("te");
  await settled(page);
  await expect(page.locator("#b-error")).toHaveText("too short");

  const visits = visit(`${site.url}/plain`);
  expect(await site.first.terminate()).toBe(0);
  await expect.poll(() => new Backstage(site.second.url).mounts("recovery")).toBe(1);
  await settled(page);
  expect(await closes()).toEqual([1012]);
  await expect(field("b")).toHaveValue("te");
  await expect(field("b")).toBeFocused();
  await expect(field("c")).toHaveValue("outside");
  await expect(field("d")).toHaveValue("bar");
  await expect(field("uncontrolled")).toHaveValue("unseen");
  await expect(page.locator("#b-error"), "the new view has validated").toHaveText("too short");
  await field("b").fill("test");
  await expect(page.locator("#b-error")).toHaveCount(0);
  expect(await marked(page), "the page was not loaded again").toBe(true);

  const visited = await visits.stop();
  expect(visited.length).toBeGreaterThan(10);
  expect(new Set(visited)).toEqual(new Set([200]));
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
});
