import { type Browser, type Page, expect } from "@playwright/test";
import { firstLogIn, share, test } from "./crew.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";

interface Telemetry {
  mounts: number;
  robots: unknown[];
}

async function telemetry(fleet: Server): Promise<Telemetry> {
  return (await fetch(`${fleet.url}/api/telemetry`)).json() as Promise<Telemetry>;
}

/** A page in another browser, in which the same person is logged in as in the one of `crew`. */
async function elsewhere(browser: Browser, fleet: Server, path: string, crew: Page): Promise<Page> {
  const context = await browser.newContext({ baseURL: fleet.url });
  await share(crew.context(), context);
  const page = await context.newPage();
  await open(page, path);
  return page;
}

/** What the details of a robot's page say. */
const detail = (page: Page, label: string) =>
  page.getByLabel("Details").locator("div", { has: page.locator("dt", { hasText: label }) }).locator("dd");

const log = (page: Page) => page.getByLabel("Command log");
const marker = (page: Page, robot: number) => page.getByLabel("Map", { exact: true }).locator(`[data-robot="${robot}"]`);
const heading = (page: Page) => detail(page, "Heading").innerText();

/** Turning is possible wherever a robot stands, so the tests turn. */
async function expectTurning(page: Page): Promise<void> {
  const before = await heading(page);
  await expect.poll(() => heading(page)).not.toBe(before);
}

async function expectStanding(page: Page): Promise<void> {
  await expect(detail(page, "Turning")).toHaveText(/^-?0\.00 rad\/s$/);
  await expect(detail(page, "Speed")).toHaveText(/^-?0\.00? m\/s/);
}

test("the fleet is there at first sight, and moves", async ({ page, fleet }) => {
  await open(page, "/");
  await expect(page.getByLabel("Map", { exact: true }).locator("[data-robot]")).toHaveCount(20);
  await expect(page.locator("tbody tr")).toHaveCount(20);
  const picture = () => page.getByLabel("Map", { exact: true }).locator("[data-robot]").evaluateAll((all) => all.map((robot) => robot.getAttribute("transform")).join());
  const before = await picture();
  await expect.poll(picture).not.toBe(before);
  expect((await telemetry(fleet)).robots).toHaveLength(20);
});

test("a page load mounts its view once", async ({ page, fleet }) => {
  const { mounts } = await telemetry(fleet);
  await open(page, "/");
  await page.locator("tbody tr").first().click();
  await settled(page);
  expect((await telemetry(fleet)).mounts).toBe(mounts + 1);
  await open(page, "/robots/3");
  expect((await telemetry(fleet)).mounts).toBe(mounts + 2);
});

test("the table can be filtered while it moves, and sorted", async ({ page }) => {
  await open(page, "/");
  const first = (await page.locator("tbody tr .table__name a").first().innerText()).trim();
  await page.getByLabel("Filter robots").pressSequentially(first, { delay: 30 });
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await expect(page.getByLabel("Filter robots")).toHaveValue(first);
  await page.getByLabel("Filter robots").fill("no such robot");
  await page.getByRole("button", { name: "Show all robots" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(20);

  const header = page.getByRole("columnheader").first();
  const names = () => page.locator("tbody tr .table__name a").allInnerTexts();
  for (const direction of ["ascending", "descending"]) {
    if ((await header.getAttribute("aria-sort")) !== direction) await header.getByRole("button").click();
    await expect(header).toHaveAttribute("aria-sort", direction);
    const order = (await names()).sort();
    if (direction === "descending") order.reverse();
    await expect.poll(names).toEqual(order);
  }
});

test("clicking a robot opens its page; a robot that is none is a 404", async ({ page, request }) => {
  await open(page, "/");
  const link = page.locator("tbody tr .table__name a").first();
  const name = await link.innerText();
  await link.click();
  await page.waitForURL(/\/robots\/\d+$/);
  await settled(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  expect((await request.get("/robots/999")).status()).toBe(404);
  expect((await request.get("/robots/x")).status()).toBe(404);
});

test("holding an arrow key in one browser moves the robot on every other", async ({ page, browser, fleet }) => {
  await firstLogIn(page, fleet);
  await open(page, "/robots/1");
  const other = await elsewhere(browser, fleet, "/robots/1", page);
  const overview = await elsewhere(browser, fleet, "/", page);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expectStanding(other);

  const seen = await marker(overview, 1).innerHTML();
  await page.keyboard.down("ArrowLeft");
  await expectTurning(other);
  await expect.poll(() => marker(overview, 1).innerHTML()).not.toBe(seen);
  await expect(log(page).getByText("Drive left").first()).toBeVisible();
  await expect(log(other).locator("li", { hasText: "Drive left" }).first()).toContainText("Accepted");
  await expect(log(page).locator("li", { hasText: "Drive left" }).first(), "with its round trip").toContainText(/\d(\.\d+)? ms/);
  await page.keyboard.up("ArrowLeft");
  await expectStanding(other);
  await Promise.all([other.context().close(), overview.context().close()]);
});

test("holding a button drives, and letting go stops", async ({ page, fleet }) => {
  await firstLogIn(page, fleet);
  await open(page, "/robots/2");
  await page.getByRole("button", { name: "Turn right" }).hover();
  await page.mouse.down();
  await expectTurning(page);
  await page.mouse.up();
  await expectStanding(page);
});

test("a browser that goes away while it drives leaves a robot that stops by itself", async ({ page, browser, fleet }) => {
  await firstLogIn(page, fleet);
  const driver = await elsewhere(browser, fleet, "/robots/4", page);
  await open(page, "/robots/4");
  await driver.keyboard.down("ArrowRight");
  await expectTurning(page);
  await driver.context().close();
  await expectStanding(page);
});

test("arrow keys drive nothing while somebody types", async ({ page, fleet }) => {
  await firstLogIn(page, fleet);
  await open(page, "/robots/5");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expectStanding(page);
  await page.getByLabel("x (m)").fill("12");
  await page.getByLabel("x (m)").press("ArrowLeft");
  await settled(page);
  await expect(log(page).getByText("Drive left")).toHaveCount(0);
  await expect(page.getByLabel("x (m)")).toHaveValue("12");
});

test("a click on the map sends the robot there", async ({ page, fleet }) => {
  await firstLogIn(page, fleet);
  await open(page, "/robots/6");
  const map = page.getByRole("img", { name: /^Map: click/ });
  const box = await map.boundingBox();
  await map.click({ position: { x: (box?.width ?? 0) * 0.5, y: (box?.height ?? 0) * 0.5 } });
  const line = log(page).locator("li", { hasText: /Go to \d+\.\d, \d+\.\d/ }).first();
  await expect(line).toContainText(/Accepted|Refused/);
});

test("the emergency stop asks first, stops all robots for everybody, and holds until it is reset", async ({ page, browser, fleet }) => {
  await firstLogIn(page, fleet);
  const other = await elsewhere(browser, fleet, "/robots/7", page);
  await open(page, "/");
  await page.getByRole("button", { name: "Emergency stop" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(page.getByText(/Emergency stop holds/)).toHaveCount(0);

  await page.getByRole("button", { name: "Emergency stop" }).click();
  await page.getByRole("button", { name: "Stop all robots" }).click();
  await expect(page.getByText("Emergency stop holds on 20 robots.")).toBeVisible();
  await expect(other.getByText("Emergency stop holds.")).toBeVisible();
  await expectStanding(other);

  await other.getByRole("button", { name: "Turn left" }).focus();
  await other.keyboard.down("Space");
  await expect(log(other).locator("li", { hasText: "Drive left" }).first()).toContainText("Refused");
  await expect(log(other).getByText(/reset it first/).first()).toBeVisible();
  await other.keyboard.up("Space");

  await page.getByRole("button", { name: "Reset all" }).click();
  await expect(page.getByText(/Emergency stop holds/)).toHaveCount(0);
  await other.keyboard.down("ArrowLeft");
  await expectTurning(other);
  await other.keyboard.up("ArrowLeft");
  await other.context().close();
});

test("the page comes back by itself when the server was killed", async ({ page }) => {
  let fleet = await Server.start("robot-control", { secret: "kept" });
  try {
    await open(page, `${fleet.url}/`);
    await page.evaluate(() => void (window.mark = "here"));
    const { port } = fleet;
    await fleet.kill();
    await expect(page.getByText("Reconnecting")).toBeVisible();
    fleet = await Server.start("robot-control", { secret: "kept", port });
    await settled(page);
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await expect(page.locator("tbody tr")).toHaveCount(20);
    expect(await page.evaluate(() => window.mark)).toBe("here");
  } finally {
    await fleet.kill();
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

  for (const path of ["/", "/robots/1"]) {
    test(`${path} needs no scrolling to the side`, async ({ page }) => {
      await open(page, path);
      const widths = await page.evaluate(() => ({ content: document.documentElement.scrollWidth, window: window.innerWidth }));
      expect(widths.content).toBeLessThanOrEqual(375);
      expect(widths.window).toBe(375);
    });
  }
});
