// Devices: registered on a page, watched and driven on others, wherever they run.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "@playwright/test";
import { firstLogIn, test } from "./crew.ts";
import { program, type Server } from "./server.ts";
import { open, settled } from "./settled.ts";

/** `robot-sim` with one robot. */
function robotSim(fleet: Server, robot: number, token: string): ChildProcess {
  const url = `${fleet.url.replace("http", "ws")}/devices`;
  return spawn(program("robot-sim"), ["--url", url], {
    env: { ...process.env, ROBOT_SIM_TOKENS: `${robot}=${token}`, NO_COLOR: "1" },
    stdio: "ignore",
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

test("a device is registered, seen online, driven, and seen offline within two seconds", async ({ page, fleet }) => {
  await firstLogIn(page, fleet);
  await page.getByRole("link", { name: "Devices" }).click();
  await settled(page);
  await expect(page.getByText("No device is registered.")).toBeVisible();

  // What is wrong is said; a free number is there already.
  await expect(page.getByLabel("Number")).toHaveValue("21");
  await page.getByLabel("Number").fill("3");
  await page.getByLabel("Name").fill("Shoebill");
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByText("is a simulated robot's: choose a free one")).toBeVisible();
  await page.getByLabel("Number").fill("21");
  await page.getByRole("button", { name: "Register" }).click();
  const token = (await page.locator("code.secret").textContent()) ?? "";
  expect(token).toMatch(/^rd_/);
  const listed = page.getByRole("row", { name: /Shoebill/ });
  await expect(listed).toContainText("Offline");

  let sim = robotSim(fleet, 21, token);
  try {
    await expect(listed).toContainText("Charging");
    await expect(listed).toContainText("Channel");
    await open(page, "/");
    const row = page.locator('tr[data-robot="21"]');
    await expect(row.locator(".table__link")).toHaveText("Channel");
    await expect(row).toContainText("Charging");
    await expect(page.locator('tr[data-robot="1"] .table__link')).toHaveText("Simulated");

    // Driven from its page, and its answers are in the journal.
    await row.getByRole("link", { name: "Shoebill" }).click();
    await settled(page);
    const journal = page.getByRole("region", { name: "Command log" }).getByRole("listitem");
    await page.getByLabel("x (m)").fill("8");
    await page.getByLabel("y (m)").fill("21.8");
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await expect(journal.first()).toContainText("Go to 8.0, 21.8");
    await expect(journal.first()).toContainText("Accepted");
    await expect(page.locator(".page__head .badge")).toHaveText("Going to point");
    await page.getByRole("button", { name: "Send to dock" }).click();
    await expect(journal.first()).toContainText("Dock");
    await expect(journal.first()).toContainText("Accepted");
    await expect(page.getByRole("button", { name: "Crash this robot's software" })).toHaveCount(0);

    // Its process is gone from one moment to the next.
    await open(page, "/");
    await kill(sim);
    await expect(row).toContainText("Offline", { timeout: 2000 });
    await expect(row.locator(".table__link")).toHaveText("–");

    // A new token ends what was opened with the old one.
    sim = robotSim(fleet, 21, token);
    await expect(row).toContainText("Charging", { timeout: 15_000 });
    await open(page, "/devices");
    await listed.getByRole("button", { name: "New token" }).click();
    await expect(page.locator("code.secret")).not.toHaveText(token);
    await expect(listed).toContainText("Offline");

    await listed.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Remove Shoebill" }).click();
    await expect(page.getByText("Shoebill is removed.")).toBeVisible();
    await expect(page.getByText("No device is registered.")).toBeVisible();
    await open(page, "/audit");
    for (const command of ["remove device", "renew device token", "register device", "go to"]) {
      await expect(page.getByRole("row", { name: new RegExp(command.replaceAll(" ", "."), "i") }).first()).toBeVisible();
    }
  } finally {
    sim.kill("SIGKILL");
  }
});
