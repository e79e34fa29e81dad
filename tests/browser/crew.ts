// Robot control for tests, and people with accounts in it.

import { type Browser, type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { scriptErrors } from "./fixtures.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";

/** A fleet of its own for each test: an emergency stop concerns everybody. */
export const test = base.extend<{ fleet: Server; noScriptErrors: void }>({
  fleet: async ({}, use) => {
    const fleet = await Server.start("robot-control");
    await use(fleet);
    await fleet.kill();
  },
  baseURL: async ({ fleet }, use) => use(fleet.url),
  noScriptErrors: [
    async ({ context }, use) => {
      const errors = scriptErrors(context);
      await use();
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

export const PASSWORD = "correct horse battery";

/** Fills in the log-in form, and waits for the page behind it. */
export async function logIn(page: Page, name: string, password: string): Promise<void> {
  await page.goto("/log-in");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => url.pathname !== "/log-in");
}

/** The administrator of a fleet that was never started before, with a password of its own. */
export async function firstLogIn(page: Page, fleet: Server): Promise<void> {
  const once = /one-time password ([\w-]+)/.exec(fleet.log)?.[1] ?? "";
  await logIn(page, "admin", once);
  await settled(page);
  await page.getByLabel("Present password").fill(once);
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("New password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.waitForURL(/\/$/);
  await settled(page);
}

/** A new account, in a browser of its own. It may look. */
export async function register(browser: Browser, fleet: Server, name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: fleet.url });
  const page = await context.newPage();
  await open(page, "/register");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Register" }).click();
  await page.waitForURL(/\/$/);
  await settled(page);
  await expect(page.getByRole("link", { name: new RegExp(`^${name}`) })).toBeVisible();
  return page;
}

/** Who is logged in in one browser is so in another. */
export async function share(from: BrowserContext, to: BrowserContext): Promise<void> {
  await to.addCookies(await from.cookies());
}
