// Accounts, missions and the audit log of robot control, from log-in to log-out.

import { expect } from "@playwright/test";
import { firstLogIn, logIn, PASSWORD, register, test } from "./crew.ts";
import { open, settled } from "./settled.ts";

test("visitors look and have nothing to press; what asks for an account leads to the log-in", async ({ page }) => {
  await open(page, "/");
  await expect(page.locator("tbody tr")).toHaveCount(20);
  await expect(page.getByRole("button", { name: "Emergency stop" })).toHaveCount(0);
  await open(page, "/robots/1");
  await expect(page.getByText("You are looking on.")).toBeVisible();
  await expect(page.getByRole("group", { name: "Drive" })).toHaveCount(0);
  for (const path of ["/audit", "/users", "/account", "/robots/1/missions/new"]) {
    await page.goto(path);
    await expect(page, path).toHaveURL(/\/log-in$/);
  }
});

test("the administrator's one-time password is good for choosing another one", async ({ page, fleet }) => {
  await page.goto("/log-in");
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("Name or password is wrong.")).toBeVisible();
  await firstLogIn(page, fleet);
  await expect(page.getByText("Welcome, admin.")).toBeVisible();
  await page.getByRole("link", { name: "Log out" }).click();
  await expect(page.getByText("You are logged out.")).toBeVisible();
  await logIn(page, "admin", PASSWORD);
  await expect(page.getByRole("link", { name: "Users" })).toBeVisible();
});

test("a registration says what is wrong while it is typed", async ({ page, fleet }) => {
  await open(page, "/register");
  await page.getByLabel("Name").fill("Ådmin!");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByLabel("Password again").focus();
  await expect(page.getByText(/takes letters a to z/)).toBeVisible();
  await expect(page.getByText(/at least 12 character/)).toBeVisible();
  await expect(page.getByText("does not match confirmation")).toHaveCount(0);
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByText("has already been taken")).toBeVisible();
  expect(fleet.log).not.toContain(PASSWORD);
});

test("viewers cannot command, not even by forged events; made operators, they can", async ({ page, browser, fleet }) => {
  await firstLogIn(page, fleet);
  const eve = await register(browser, fleet, "eve");
  await open(eve, "/robots/1");
  await expect(eve.getByText(/this takes the role operator/)).toBeVisible();
  await eve.evaluate(() => window.liveSocket?.js().push(document.querySelector("main") as Element, "emergency_stop"));

  await open(page, "/audit?user=eve");
  const entry = page.locator("tr.log", { hasText: "emergency_stop" });
  await expect(entry).toContainText("refused");
  await open(page, "/robots/1");
  await expect(page.getByText("Emergency stop holds.")).toHaveCount(0);

  await open(page, "/users");
  await page.getByLabel("Role of eve").selectOption("operator");
  await expect(page.getByText("eve is operator now.")).toBeVisible();
  // Her page was disconnected, and is an operator's when it comes back.
  await eve.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(eve.getByLabel("Command log").locator("li", { hasText: "Stop" }).first()).toContainText("Accepted");
  await eve.context().close();
});

test("logging out everywhere closes the pages of every browser", async ({ page, browser, fleet }) => {
  await firstLogIn(page, fleet);
  const other = await (await browser.newContext({ baseURL: fleet.url })).newPage();
  await logIn(other, "admin", PASSWORD);
  await settled(other);
  await expect(other.getByRole("button", { name: "Emergency stop" })).toBeVisible();
  await open(page, "/account");
  await page.getByRole("link", { name: "Log out everywhere" }).click();
  await expect(page.getByText("You are logged out everywhere.")).toBeVisible();
  await expect(other.getByRole("button", { name: "Emergency stop" })).toHaveCount(0);
  await settled(other);
  await other.context().close();
});

test("a mission is written, put in order, started and watched", async ({ page, fleet }) => {
  await firstLogIn(page, fleet);
  await open(page, "/robots/3/missions");
  await page.getByRole("link", { name: "New mission" }).click();
  await page.waitForURL(/missions\/new$/);
  await settled(page);
  await page.getByLabel("Name").fill("Round");
  await page.getByLabel("Status").selectOption("ready");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("should have at least one to be ready")).toBeVisible();

  const waypoints = page.locator("fieldset.waypoint");
  for (const [index, [x, y]] of [["2", "12"], ["4", "12"]].entries()) {
    await page.getByRole("button", { name: "Add a waypoint" }).click();
    await expect(waypoints).toHaveCount(index + 1);
    await waypoints.nth(index).getByLabel("x (m)").fill(x as string);
    await waypoints.nth(index).getByLabel("y (m)").fill(y as string);
  }
  await waypoints.nth(0).getByLabel("x (m)").fill("4000");
  await waypoints.nth(0).getByLabel("y (m)").focus();
  await expect(waypoints.nth(0).getByText(/must be less than or equal to/)).toBeVisible();
  await waypoints.nth(0).getByLabel("x (m)").fill("2");
  await page.getByRole("button", { name: "Move waypoint 2 up" }).click();
  await expect(waypoints.nth(0).getByLabel("x (m)")).toHaveValue(/^4(\.0)?$/);
  await expect(waypoints.nth(1).getByLabel("x (m)")).toHaveValue(/^2(\.0)?$/);
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/missions$/);
  await expect(page.getByText("Round is saved.")).toBeVisible();

  const mission = page.locator(".mission", { hasText: "Round" });
  await expect(mission).toContainText("2 waypoints");
  await mission.getByRole("button", { name: "Start" }).click();
  await expect(mission.locator(".mission__status")).toHaveText("running");
  await expect(mission.getByText(/waypoint 1 of 2/)).toBeVisible();
  await mission.getByRole("button", { name: "Cancel" }).click();
  await expect(mission.locator(".mission__status")).toHaveText("cancelled");
  await mission.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the mission" }).click();
  await expect(page.locator(".mission")).toHaveCount(0);

  await page.getByRole("link", { name: "Audit" }).click();
  await page.waitForURL(/\/audit$/);
  await page.getByLabel("Command").selectOption("start_mission");
  await expect(page).toHaveURL(/command=start_mission/);
  await expect(page.locator("tr.log")).toHaveCount(1);
});

test("a program with a token reads and commands by JSON, and nobody does without", async ({ page, request, fleet }) => {
  expect((await request.get("/api/robots")).status()).toBe(401);
  await firstLogIn(page, fleet);
  await open(page, "/account");
  await page.getByLabel("What it is for").fill("test");
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = (await page.locator("code.secret").innerText()).trim();
  const headers = { authorization: `Bearer ${token}` };
  expect(await (await request.get("/api/robots", { headers })).json()).toHaveLength(20);
  const stop = await request.post("/api/robots/1/commands", { headers, data: { command: "stop" } });
  expect(await stop.json()).toEqual({ accepted: "stop" });
  const nonsense = await request.post("/api/robots/1/commands", { headers, data: { command: "fly" } });
  expect(nonsense.status()).toBe(422);
  expect((await nonsense.json()).error).toContain("fly");
  expect((await request.get("/api/robots/99", { headers })).status()).toBe(404);
});
