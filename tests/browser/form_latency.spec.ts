import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { open, settled } from "./settled.ts";

const VIEWS = [
  { where: "", path: "/recovery" },
  { where: ", in a nested view", path: "/recovery/nested" },
] as const;

/** What a user sees of the slow form's states, read in one go. */
function states(page: Page) {
  return page.evaluate(() => {
    const get = <T extends HTMLElement>(id: string) => document.querySelector<T>(id)!;
    const button = get<HTMLButtonElement>("#slow-save");
    return {
      form: get("#slow").getAttribute("class"),
      input: get("#slow-a").getAttribute("class"),
      button: button.getAttribute("class"),
      text: button.textContent,
      disabled: button.disabled,
      readonly: get<HTMLInputElement>("#slow-a").readOnly,
    };
  });
}

const CALM = { form: "calm", input: null, button: "primary", text: "Send", disabled: false, readonly: false };

test("loading classes are set inside the DOM event, not later", async ({ page, backstage }) => {
  await open(page, "/form");
  const inside = await page.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>("#press")!;
    button.click();
    return { class: button.className, text: button.textContent, disabled: button.disabled };
  });
  expect(inside).toEqual({ class: "phx-click-loading", text: "Pressing", disabled: true });
  await backstage.waiting(1);
  await backstage.release();
  await settled(page);
  const after = await page.locator("#press").evaluate((button: HTMLButtonElement) => ({
    class: button.getAttribute("class"),
    text: button.textContent,
    disabled: button.disabled,
    left: [...button.attributes].map(({ name }) => name).filter((name) => name.startsWith("data-phx-")),
  }));
  expect(after).toEqual({ class: null, text: "Press", disabled: false, left: [] });
});

test("a change and a submit load side by side, each until its own answer", async ({ page, backstage }) => {
  await open(page, "/form");
  await page.evaluate(() => window.liveSocket.enableLatencySim(600));
  await page.locator("#slow-a").pressSequentially("x");
  expect(await states(page)).toEqual({ ...CALM, form: "calm phx-change-loading", input: "phx-change-loading" });
  await page.locator("#slow-save").click();
  expect(await states(page)).toEqual({
    form: "calm phx-change-loading phx-submit-loading",
    input: "phx-change-loading",
    button: "primary phx-submit-loading",
    text: "Sending",
    disabled: true,
    readonly: true,
  });
  await backstage.waiting(1);
  // The change is answered while the submit still waits at the gate.
  await expect.poll(async () => (await states(page)).form).toBe("calm phx-submit-loading");
  expect(await states(page)).toMatchObject({ input: null, button: "primary phx-submit-loading", disabled: true, readonly: true });
  await backstage.release();
  await settled(page);
  expect(await states(page)).toEqual(CALM);
  await page.evaluate(() => window.liveSocket.disableLatencySim());
});

test("a submit that is still unanswered is not sent twice", async ({ page, backstage }) => {
  await open(page, "/form");
  await page.evaluate(() => {
    const form = document.querySelector<HTMLFormElement>("#slow")!;
    form.requestSubmit();
    form.requestSubmit();
  });
  await backstage.waiting(1);
  await backstage.release();
  await settled(page);
  await expect(page.locator("#submits")).toHaveText("1");
  await page.locator("#slow-save").click();
  await backstage.waiting(1);
  await backstage.release();
  await expect(page.locator("#submits")).toHaveText("2");
});

test("what was disabled or readonly before a submit still is after it", async ({ page, backstage }) => {
  await open(page, "/form");
  await page.locator("#slow-save").click();
  await backstage.waiting(1);
  await backstage.release();
  await settled(page);
  await expect(page.locator("#slow-readonly")).toHaveJSProperty("readOnly", true);
  await expect(page.locator("#slow-disabled")).toBeDisabled();
  await expect(page.locator("#slow-a")).toHaveJSProperty("readOnly", false);
  await expect(page.locator("#slow-save")).toHaveAttribute("phx-disable-with", "Sending");
});

test("a slow validation loses no characters", async ({ page }) => {
  await open(page, "/form");
  await page.evaluate(() => window.liveSocket.enableLatencySim(150));
  await page.locator("#name").pressSequentially("the quick brown fox", { delay: 20 });
  await settled(page);
  await expect(page.locator("#name")).toHaveValue("the quick brown fox");
  await expect(page.locator("#seen")).toHaveText(/^the quick brown fox\|/);
  await page.evaluate(() => window.liveSocket.disableLatencySim());
});

test("the latency simulator outlives a reload and can be turned off", async ({ page }) => {
  await open(page, "/counter");
  await page.evaluate(() => window.liveSocket.enableLatencySim(200));
  await page.reload();
  await settled(page);
  const took = async () =>
    page.evaluate(async () => {
      const began = performance.now();
      await window.liveSocket.js().push(window.liveSocket.main.el, "inc");
      return performance.now() - began;
    });
  expect(await took(), "200 ms up and 200 ms down").toBeGreaterThanOrEqual(395);
  await page.evaluate(() => window.liveSocket.disableLatencySim());
  expect(await took()).toBeLessThan(200);
});

for (const { where, path } of VIEWS) {
  test(`the form, its input and its button show what is on its way, in the order in which it began${where}`, async ({ page, backstage }) => {
    await open(page, path);
    const attributes = (selector: string) =>
      page.locator(selector).evaluate((el) => Object.fromEntries([...el.attributes].filter(({ name }) => /^(class|disabled|readonly|data-phx-)/.test(name)).map(({ name, value }) => [name, value])));
    const calm = await Promise.all(["form", "[name=a]", "[name=b]", "#submit"].map(attributes));
    await page.evaluate(() => window.liveSocket.enableLatencySim(800));
    await page.evaluate(() => {
      const input = document.querySelector<HTMLInputElement>("[name=b]")!;
      input.value = "slow";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      document.querySelector<HTMLButtonElement>("#submit")!.click();
    });
    expect((await attributes("form"))["class"]).toBe("myformclass phx-change-loading phx-submit-loading");
    expect(await attributes("[name=b]")).toMatchObject({ class: "phx-change-loading", readonly: "", "data-phx-readonly": "false", "data-phx-ref-lock": "1" });
    expect(await attributes("[name=a]")).toMatchObject({ readonly: "", "data-phx-readonly": "true" });
    expect(await attributes("#submit")).toMatchObject({ class: "phx-submit-loading", disabled: "", "data-phx-disabled": "false", "data-phx-disable-with-restore": "Submit" });
    expect(await attributes("#submit-js")).toMatchObject({ disabled: "", "data-phx-disabled": "false" });
    await expect(page.locator("form"), "the change is answered, the submit is not").toHaveAttribute("class", "myformclass phx-submit-loading");
    await backstage.waiting(1);
    await backstage.release();
    await settled(page);
    await expect(page.locator("#submit")).toHaveText("Submit");
    expect(await Promise.all(["form", "[name=a]", "[name=b]", "#submit"].map(attributes))).toEqual(calm);
    await page.evaluate(() => window.liveSocket.disableLatencySim());
  });
}

for (const { where, path } of VIEWS) {
  test(`a button that is disabled while its event is answered is enabled again, with its text${where}`, async ({ page, backstage }) => {
    await open(page, path);
    for (const _ of [1, 2]) {
      await page.locator("#press").click();
      await expect(page.locator("#press")).toBeDisabled();
      await expect(page.locator("#press")).toHaveText("Loading");
      await backstage.waiting(1);
      await backstage.release();
      await expect(page.locator("#press")).toBeEnabled();
      await expect(page.locator("#press")).toHaveText("Press");
      await expect(page.locator("#press")).not.toHaveAttribute("class");
    }
  });
}
