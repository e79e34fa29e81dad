import { expect, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { ControlledNetwork } from "./network.ts";
import { open, settled } from "./settled.ts";

const VIEWS = [
  { where: "", path: "/recovery" },
  { where: ", in a nested view", path: "/recovery/nested" },
] as const;

test("a change sends the whole form, with marks on names that were never touched", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/form");
  await page.locator("#name").pressSequentially("A");
  await settled(page);
  expect(frames.forms()).toEqual([
    "name=A&_unused_email=&email=&_unused_role=&role=pilot&_unused_plan=&plan=basic&_unused_bio=&bio=&_unused_age=&age=&_unused_outside=&outside=&_target=name",
  ]);
  await page.locator("#outside").pressSequentially("o");
  await settled(page);
  const last = frames.forms().at(-1);
  expect(last).toContain("name=A&_unused_email=");
  expect(last).toMatch(/&outside=o&_target=outside$/);
  expect(last, "a touched name is no longer marked").not.toContain("_unused_name");
});

test("typing then leaving the field is one event, not two", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/form");
  await page.locator("#name").pressSequentially("A");
  await page.locator("#name").blur();
  await page.locator("#email").pressSequentially("b");
  await expect(page.locator("#changes")).toHaveText("2");
  expect(frames.forms()).toHaveLength(2);
});

test("every kind of control reaches the server decoded", async ({ page }) => {
  await open(page, "/form");
  await page.locator("#name").fill("Ada & <Bo>");
  await page.locator("#role").selectOption("mechanic");
  await page.locator("#plan-full").check();
  await page.locator("#terms").check();
  await page.locator("#bio").fill("line 1\nline 2");
  await page.locator("#age").fill("42");
  await expect(page.locator("#seen")).toHaveText("Ada & <Bo>||mechanic|full|line 1\nline 2|true|Some(42)|", { useInnerText: false });
  await page.locator("#terms").uncheck();
  await expect(page.locator("#seen")).toContainText("|false|");
});

test("an error shows only once its field was used", async ({ page }) => {
  await open(page, "/form");
  await page.locator("#email").pressSequentially("a");
  await expect(page.locator("#changes")).toHaveText("1");
  await expect(page.locator("#name-error")).toHaveCount(0);
  await page.locator("#name").pressSequentially("A");
  await expect(page.locator("#name-error")).toHaveText("too short");
  await page.locator("#name").pressSequentially("da");
  await expect(page.locator("#name-error")).toHaveCount(0);
});

test("Enter submits, and a form that the server empties is emptied, the focused field too", async ({ page }) => {
  await open(page, "/form");
  await page.locator("#terms").check();
  await page.locator("#plan-full").check();
  await page.locator("#role").selectOption("watcher");
  await page.locator("#name").pressSequentially("Ada");
  await page.locator("#name").press("Enter");
  await expect(page.locator("#submits")).toHaveText("1");
  await expect(page.locator("#saved")).toHaveText(/^Ada\|\|watcher\|full\|\|true\|/);
  await expect(page.locator("#name")).toHaveValue("");
  await expect(page.locator("#name")).toBeFocused();
  await expect(page.locator("#terms")).not.toBeChecked();
  await expect(page.locator("#plan-basic")).toBeChecked();
  await expect(page.locator("#role")).toHaveValue("pilot");
});

test("the pressed button's name and value stand at its place in the form", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/form");
  await page.locator("#other").click();
  await expect(page.locator("#saved")).toHaveText(/\|other$/);
  expect(frames.forms().at(-1)).toBe("name=&email=&role=pilot&plan=basic&bio=&age=&submitted_by=other&outside=");
});

test("requestSubmit submits and does not load another page", async ({ page }) => {
  await open(page, "/form");
  await page.evaluate(() => document.querySelector<HTMLFormElement>("#profile")?.requestSubmit());
  await expect(page.locator("#submits")).toHaveText("1");
  expect(new URL(page.url()).search).toBe("");
});

test("a number that is none is neither sent nor overwritten", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/form");
  await page.locator("#age").pressSequentially("1e");
  await page.locator("#name").pressSequentially("A");
  await settled(page);
  expect(await page.locator("#age").evaluate((input: HTMLInputElement) => input.validity.badInput)).toBe(true);
  expect(frames.forms().filter((form) => form.endsWith("_target=age"))).toHaveLength(1);
});

for (const { where, path } of VIEWS) {
  test(`a button with a command of its own carries it out and submits all the same${where}`, async ({ page, backstage }) => {
    await open(page, path);
    await page.evaluate(() => {
      const heard = document.querySelector("#heard")!;
      heard.addEventListener("shout", (event) => (heard.textContent = (event as CustomEvent).detail.dispatcher.id));
    });
    await page.locator("#submit-js").click();
    await expect(page.locator("#heard")).toHaveText("submit-js");
    await backstage.waiting(1);
    await backstage.release();
    await expect(page.locator("#saved")).toHaveText(/by=js/);
  });
}

test("a form that wants no marks sends none", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/recovery?no-unused=");
  await page.locator("[name=b]").fill("test");
  await settled(page);
  expect(frames.forms()).toEqual(["a=foo&b=test&uncontrolled=&d=foo&c=baz&_target=b"]);
});

test("what is typed before the page is connected is told as soon as it is", async ({ page }) => {
  const frames = new Frames(page);
  let connect: () => void = () => undefined;
  await page.routeWebSocket(/websocket/, async (socket) => {
    await new Promise<void>((resolve) => (connect = resolve));
    socket.connectToServer();
  });
  await page.goto("/recovery");
  await page.locator("[name=b]").fill("te");
  expect(frames.forms()).toEqual([]);
  connect();
  await expect(page.locator("#b-error")).toHaveText("too short");
  await expect(page.locator("[name=b]")).toHaveValue("te");
});

test("a change that was on its way when the connection broke is sent again", async ({ page }) => {
  const network = await ControlledNetwork.of(page);
  await open(page, "/recovery");
  await network.mute(true);
  await page.locator("[name=b]").fill("te");
  await network.lose();
  await page.locator("[name=c]").fill("offline");
  await network.mute(false);
  await network.restore();
  await settled(page);
  await expect(page.locator("#b-error")).toHaveText("too short");
  await expect(page.locator("[name=c]")).toHaveValue("offline");
});
