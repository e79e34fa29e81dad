import { expect } from "@playwright/test";
import { firstLogIn, test } from "./crew.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";

const SECONDS = 60;

test.use({
  fleet: async ({}, use) => {
    const fleet = await Server.start("robot-control", { env: { ROBOT_CONTROL_CHAOS: "1000" } });
    await use(fleet);
    await fleet.kill();
  },
});

test(`a browser stays usable while a random process is killed each second for ${SECONDS} s`, async ({ page, fleet }) => {
  test.setTimeout((SECONDS + 60) * 1_000);
  await firstLogIn(page, fleet);
  const kills = () => fleet.log.split("chaos kills").length - 1;
  const began = Date.now();
  let accepted = 0;
  let commands = 0;
  const loads: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loads.push(request.url()));

  for (let round = 0; Date.now() - began < SECONDS * 1_000; round++) {
    // From page to page without a load, and a command that is answered: done, or the robot is down for this moment.
    const robot = (round % 20) + 1;
    await page.locator(`tbody tr[data-robot="${robot}"] .table__name a`).click();
    await page.waitForURL(new RegExp(`/robots/${robot}$`));
    await settled(page);
    const latest = async () => (await page.getByLabel("Command log").getByRole("listitem").allInnerTexts())[0] ?? "";
    const earlier = await latest();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect(async () => {
      const entry = await latest();
      expect(entry).not.toBe(earlier);
      expect(entry).toMatch(/^Stop[^]*(Accepted|Refused)/);
      commands += 1;
      if (entry.includes("Accepted")) accepted += 1;
    }).toPass({ timeout: 3_000 });
    await page.getByRole("link", { name: "Fleet", exact: true }).click();
    await page.waitForURL(/\/$/);
    await settled(page);
  }
  expect(accepted / commands, "a robot that is killed is back within a second").toBeGreaterThan(0.7);
  expect(loads, "no page was loaded again").toEqual([]);
  expect(kills()).toBeGreaterThan(SECONDS * 0.75);
  expect(fleet.log).not.toMatch(/panicked/);

  // All that were killed are back.
  await open(page, "/");
  await expect(page.locator("tbody tr")).toHaveCount(20);
  await expect.poll(async () => (await (await fetch(`${fleet.url}/api/telemetry`)).json()).robots.every((robot: { tick: number }) => robot.tick > 0)).toBe(true);
});
