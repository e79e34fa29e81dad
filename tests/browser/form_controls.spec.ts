import { expect, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

test("every component's value reaches the changeset as its field's type", async ({ page }) => {
  await open(page, "/controls");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Password").fill("secret");
  await page.getByLabel("Age").fill("42");
  await page.getByLabel("Weight").fill("70.5");
  await page.getByLabel("Starts at").fill("2026-10-04T10:20");
  await page.getByLabel("Bio").fill("line 1\nline 2");
  await page.getByLabel("Hall").selectOption("south");
  await page.getByLabel("Tags").selectOption(["lab", "yard"]);
  await page.getByLabel("Full").check();
  await page.getByLabel("Terms").check();
  await settled(page);
  await expect(page.getByLabel("Starts at"), "what came back is what was typed").toHaveValue("2026-10-04T10:20");
  await page.locator("#save").click();
  await expect(page.locator("#saved")).toHaveText(
    'Ada Some(42) Some(70.5) Some("2026-10-04 10:20:00") Some("south") ["lab", "yard"] Some("full") true',
  );
});

test("choosing what is not allowed marks the select, and choosing what is unmarks it", async ({ page }) => {
  await open(page, "/controls");
  const hall = page.getByLabel("Hall");
  await hall.selectOption("east");
  await expect(hall).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#profile_hall_errors")).toHaveText("is invalid");
  await expect(hall).toHaveValue("east");
  await hall.selectOption("north");
  await expect(hall).not.toHaveAttribute("aria-invalid");
  await expect(page.locator("#profile_hall_errors")).toHaveCount(0);
});

test("a field is tied to its help and its errors, and nothing is red before it was used", async ({ page }) => {
  await open(page, "/controls");
  const name = page.getByLabel("Name");
  await expect(name).toHaveAttribute("aria-describedby", "profile_name_help");
  await expect(page.locator(".field-errors")).toHaveCount(0);
  await page.getByLabel("Age").fill("1");
  await settled(page);
  await expect(page.locator(".field-errors")).toHaveCount(0);
  await name.fill("Al");
  await expect(name).toHaveAttribute("aria-describedby", "profile_name_help profile_name_errors");
  await expect(page.getByRole("alert")).toHaveText("should be at least 3 character(s)");
  await expect(name).toBeFocused();
});

test("a submit shows every error, that of a group in which nothing was chosen too", async ({ page }) => {
  await open(page, "/controls");
  await page.locator("#save").click();
  await expect(page.locator(".field-errors")).toHaveText(["can't be blank", "can't be blank"]);
  await expect(page.getByRole("radiogroup")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Basic").check();
  await expect(page.getByRole("radiogroup")).not.toHaveAttribute("aria-invalid");
});

test("a reset is a change by its button, forgets what was used and shows what the server said last", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/controls");
  await page.getByLabel("Name").fill("Al");
  await expect(page.locator(".field-errors")).toHaveCount(1);
  await page.getByLabel("Name").blur();
  await settled(page);
  await page.getByLabel("Bio").evaluate((area: HTMLTextAreaElement) => (area.value = "never sent"));
  await page.locator("#reset").click();
  await expect(page.locator(".field-errors")).toHaveCount(0);
  await settled(page);
  expect(frames.forms().at(-1)).toMatch(/&_target=reset$/);
  expect(frames.forms().at(-1)).toContain("profile%5B_unused_name%5D=");
  await expect(page.getByLabel("Bio")).toHaveValue("");
});

test("a password is neither in the page's HTML nor in what the server sends", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/controls");
  await page.getByLabel("Password").fill("hunter2");
  await page.getByLabel("Name").fill("Al");
  await expect(page.locator(".field-errors")).toHaveCount(1);
  await expect(page.getByLabel("Password"), "it stays while the form is filled in").toHaveValue("hunter2");
  expect(frames.received.some((frame) => frame.toString().includes("hunter2"))).toBe(false);
  expect(await page.content()).not.toContain("hunter2");
});

test("half of a composed character is held back where the page asks for it", async ({ page }) => {
  const frames = new Frames(page);
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      const { LiveSocket } = (window as unknown as { Bennu: { LiveSocket: new (url: string, options: object) => { connect(): void } } }).Bennu;
      new LiveSocket("/live", { blockPhxChangeWhileComposing: true }).connect();
    });
  });
  await open(page, "/controls");
  await page.getByLabel("Name").focus();
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "か", selectionStart: 1, selectionEnd: 1 });
  await session.send("Input.imeSetComposition", { text: "かん", selectionStart: 2, selectionEnd: 2 });
  await expect(page.getByLabel("Name")).toHaveValue("かん");
  expect(frames.forms()).toEqual([]);
  await session.send("Input.insertText", { text: "漢" });
  await expect.poll(() => frames.forms().length).toBe(1);
  expect(new URLSearchParams(frames.forms()[0]).get("profile[name]")).toBe("漢");
});

test("radio buttons in rows that change places keep their choices, whoever knows of them", async ({ page }) => {
  await open(page, "/radios");
  for (const [row, choice] of ["x", "y", "y"].entries()) await page.locator(`#free-${row + 1} [value=${choice}]`).check();
  await page.locator("#known-3 [value=y]").check();
  await settled(page);
  const chosen = (form: string) =>
    page.evaluate((form) => [1, 2, 3].map((row) => document.querySelector<HTMLInputElement>(`#${form}-${row} :checked`)?.value), form);
  await page.locator("#reverse").click();
  await expect(page.locator("#free > :first-child")).toHaveId("free-3");
  await settled(page);
  expect([await chosen("known"), await chosen("free")]).toEqual([["x", "y", "y"], ["x", "y", "y"]]);
  await page.locator("#swap").click();
  await expect(page.locator("#free > :first-child")).toHaveId("free-1");
  await settled(page);
  expect([await chosen("known"), await chosen("free")]).toEqual([["y", "x", "x"], ["x", "y", "y"]]);
});
