import type { Page } from "@playwright/test";
import { type Backstage, expect, mark, marked, testWithoutResume as test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { Server } from "./server.ts";
import { open, settled } from "./settled.ts";

const LOADING = ".phx-loading";

async function disconnect(page: Page, backstage: Backstage): Promise<void> {
  await page.evaluate(() => new Promise<void>((resolve) => window.liveSocket.disconnect(resolve)));
  await expect(page.locator(LOADING)).toHaveCount(1);
  await backstage.ended("recovery");
}

async function connect(page: Page): Promise<void> {
  await page.evaluate(() => window.liveSocket.connect());
  await settled(page);
  await expect(page.locator(LOADING)).toHaveCount(0);
}

const field = (page: Page, name: string) => page.locator(`[name=${name}]`);

/** Where the form is shown; its controls are sent in the order of the document. */
const PLACES = [
  { where: "", path: "/recovery?", sent: "_unused_a=&a=foo&b=te&uncontrolled=unseen&d=bar&c=outside&_target=a" },
  { where: " in a nested view", path: "/recovery/nested?", sent: "_unused_a=&a=foo&b=te&uncontrolled=unseen&d=bar&c=outside&_target=a" },
  { where: " in a portal", path: "/recovery?portal=&", sent: "c=outside&_unused_a=&a=foo&b=te&uncontrolled=unseen&d=bar&_target=c" },
] as const;

for (const { where, path, sent } of PLACES)
test(`what was typed${where} comes back: inputs in and outside of the form, the select, the focus, and nothing else`, async ({ page, backstage }) => {
  const frames = new Frames(page);
  await open(page, path);
  await mark(page);
  await field(page, "d").selectOption("bar");
  await field(page, "c").fill("outside");
  await field(page, "uncontrolled").fill("unseen");
  await field(page, "b").fill("te");
  await settled(page);
  await expect(page.locator("#b-error")).toHaveText("too short");
  const mounts = await backstage.mounts("recovery");

  await disconnect(page, backstage);
  await expect(page.locator("[data-phx-main]")).toHaveClass(/phx-loading/);
  const before = frames.forms().length;
  await connect(page);

  expect(await backstage.mounts("recovery"), "a new view").toBe(mounts + 1);
  expect(frames.forms().slice(before)).toEqual([sent]);
  await expect(field(page, "b")).toHaveValue("te");
  await expect(field(page, "b")).toBeFocused();
  await expect(field(page, "c")).toHaveValue("outside");
  await expect(field(page, "d")).toHaveValue("bar");
  await expect(field(page, "uncontrolled")).toHaveValue("unseen");
  await expect(page.locator("#b-error"), "the validation is back, too").toHaveText("too short");
  await expect(page.locator("#validations"), "the new view was told once").toHaveText("1");
  expect(await marked(page)).toBe(true);
});

test("the old page stands still until the new view has answered", async ({ page, backstage }) => {
  await open(page, "/recovery");
  await field(page, "b").fill("test");
  await field(page, "b").blur();
  await settled(page);
  await page.evaluate(() => {
    const seen: string[] = [];
    (window as unknown as { seen: string[] }).seen = seen;
    const input = document.querySelector<HTMLInputElement>("[name=b]")!;
    new MutationObserver(() => seen.push(input.value)).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await disconnect(page, backstage);
  await page.evaluate(() => window.liveSocket.enableLatencySim(150));
  await connect(page);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.filter((value) => value !== "test"), "never the new view's first value").toEqual([]);
  await page.evaluate(() => window.liveSocket.disableLatencySim());
});

for (const [what, path] of [
  ["without an id", "/recovery?no-id="],
  ["without phx-change", "/recovery?no-change="],
  ["that asks to be left alone", "/recovery?ignore="],
  ["without an id in a portal", "/recovery?no-id=&portal="],
  ["without phx-change in a portal", "/recovery?no-change=&portal="],
  ["without an id in a nested view", "/recovery/nested?no-id="],
  ["without phx-change in a nested view", "/recovery/nested?no-change="],
] as const) {
  test(`a form ${what} is not recovered: it shows what the server says`, async ({ page, backstage }) => {
    const frames = new Frames(page);
    await open(page, path);
    await field(page, "b").fill("test");
    await field(page, "d").selectOption("bar");
    await field(page, "b").focus();
    await field(page, "b").blur();
    await settled(page);
    const sent = frames.forms().length;
    await disconnect(page, backstage);
    await connect(page);
    expect(frames.forms()).toHaveLength(sent);
    await expect(field(page, "b")).toHaveValue("bar");
    await expect(field(page, "d")).toHaveValue("foo");
  });
}

for (const { where, path } of PLACES)
test(`phx-auto-recover${where} sends its own event`, async ({ page, backstage }) => {
  await open(page, `${path}auto-recover=`);
  await field(page, "b").fill("test");
  await field(page, "b").blur();
  await settled(page);
  await disconnect(page, backstage);
  await connect(page);
  await expect(field(page, "b")).toHaveValue("restored by the server");
  await expect(page.locator("#validations")).toHaveText("0");
});

for (const { where, path } of PLACES.slice(0, 2))
test(`a form that crashes its view${where} does so once more, and is then left alone`, async ({ page, backstage }) => {
  await open(page, path);
  await mark(page);
  const mounts = await backstage.mounts("recovery");
  await field(page, "b").fill("boom");
  await field(page, "b").blur();
  await expect.poll(() => backstage.mounts("recovery"), { message: "the view that crashed, and the one that recovered it" }).toBe(mounts + 2);
  await settled(page);
  await expect(field(page, "b")).toHaveValue("bar");
  await field(page, "b").fill("fine");
  await expect(page.locator("#validations")).toHaveText("1");
  expect(await backstage.mounts("recovery"), "no more since").toBe(mounts + 2);
  expect(await marked(page)).toBe(true);
});

for (const { where, path } of PLACES)
test(`a server that is killed while somebody types${where} loses nothing of it`, async ({ page }) => {
  let server = await Server.start("pages", { secret: "typing" });
  try {
    await open(page, `${server.url}${path}`);
    await mark(page);
    await field(page, "b").pressSequentially("!");
    await settled(page);
    const { port } = server;
    await server.kill();
    await expect(page.locator("[data-phx-main]")).toHaveClass(/phx-loading/);
    await field(page, "b").fill("ab");
    server = await Server.start("pages", { secret: "typing", port });
    await settled(page);
    await expect(field(page, "b")).toHaveValue("ab");
    await expect(field(page, "b")).toBeFocused();
    await expect(page.locator("#b-error")).toHaveText("too short");
    await field(page, "b").pressSequentially("c");
    await expect(page.locator("#b-error")).toHaveCount(0);
    expect(await marked(page)).toBe(true);
  } finally {
    await server.kill();
  }
});

test("a form of rows comes back with its rows, and no further one", async ({ page, backstage }) => {
  await open(page, "/rows");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.locator("fieldset")).toHaveCount(3);
  await page.locator("fieldset").nth(2).getByLabel("Address").fill("new@example.org");
  await page.locator("fieldset").nth(0).getByRole("button", { name: "Remove" }).click();
  await expect(page.locator("fieldset")).toHaveCount(2);
  await page.locator("fieldset").nth(1).getByLabel("Name").fill("New");
  await settled(page);
  await disconnect(page, backstage);
  await connect(page);
  await expect(page.locator("fieldset")).toHaveCount(2);
  const addresses = page.getByLabel("Address");
  await expect(addresses.nth(0)).toHaveValue("bo@example.org");
  await expect(addresses.nth(1)).toHaveValue("new@example.org");
  await expect(page.getByLabel("Name").nth(1)).toHaveValue("New");
  await expect(page.getByLabel("Name").nth(1)).toBeFocused();
  await page.locator("#save").click();
  await expect(page.locator("#saved")).toHaveText("News 2:bo@example.org,0:new@example.org");
});
