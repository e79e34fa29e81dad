import { expect, test } from "./fixtures.ts";
import { Frames } from "./frames.ts";
import { open, settled } from "./settled.ts";

for (const kind of ["buttons", "boxes"] as const) {
  test(`rows are added and removed by ${kind}, and what is in the others stays`, async ({ page }) => {
    await open(page, kind === "boxes" ? "/rows?boxes=" : "/rows");
    const rows = page.locator("fieldset");
    const add = kind === "boxes" ? page.getByLabel("Add", { exact: true }) : page.getByRole("button", { name: "Add" });
    const remove = (row: number) => (kind === "boxes" ? rows.nth(row).getByLabel("Remove") : rows.nth(row).getByRole("button", { name: "Remove" }));
    await expect(rows).toHaveCount(2);

    await add.click();
    await expect(rows).toHaveCount(3);
    await settled(page);
    await rows.nth(2).getByLabel("Name").fill("third");
    await add.click();
    await expect(rows).toHaveCount(4);
    await expect(page.locator(".field-errors"), "a new row is not red").toHaveCount(0);
    await settled(page);

    await remove(1).click();
    await expect(rows).toHaveCount(3);
    await expect(rows.nth(0).getByLabel("Address")).toHaveValue("ada@example.org");
    await expect(rows.nth(1).getByLabel("Name")).toHaveValue("third");
    await settled(page);
    await remove(0).click();
    await expect(rows).toHaveCount(2);
    await settled(page);
    await remove(1).click();
    await expect(rows).toHaveCount(1);
    await settled(page);
    await remove(0).click();
    await expect(rows, "also the last one").toHaveCount(0);
    await settled(page);
    await page.getByLabel("Title").fill("Empty");
    await settled(page);
    await expect(rows, "which does not come back with the next change").toHaveCount(0);
    await page.locator("#save").click();
    await expect(page.locator("#saved")).toHaveText("Empty");
  });
}

test("a row keeps its nodes, its focus and its text when the rows before it go", async ({ page }) => {
  await open(page, "/rows");
  const second = page.locator("#mailing_list_emails_1_name");
  await second.fill("kept");
  await settled(page);
  await second.evaluate((input: HTMLInputElement) => {
    Object.assign(input, { mark: "mine" });
    input.setSelectionRange(2, 2);
  });
  await expect(second).toHaveAttribute("name", "mailing_list[emails][1][name]");
  // The first row goes while somebody is in the second.
  await page.evaluate(() => document.querySelector("fieldset button")!.dispatchEvent(new CustomEvent("change", { bubbles: true })));
  await expect(page.locator("fieldset")).toHaveCount(1);
  await settled(page);
  await expect(second).toHaveAttribute("name", "mailing_list[emails][0][name]");
  await expect(second).toBeFocused();
  expect(await second.evaluate((input: HTMLInputElement) => [(input as unknown as { mark: string }).mark, input.value, input.selectionStart])).toEqual(["mine", "kept", 2]);
  await second.pressSequentially("X");
  await expect(second).toHaveValue("keXpt");
});

test("rows are put in another order by the order of their hidden inputs", async ({ page }) => {
  await open(page, "/rows");
  // As a drag and drop library leaves the page: the second row's nodes before the first row's.
  await page.evaluate(() => {
    const sorts = [...document.querySelectorAll<HTMLInputElement>("input[name='mailing_list[emails_sort][]']")];
    [sorts[0]!.value, sorts[1]!.value] = [sorts[1]!.value, sorts[0]!.value];
    sorts[0]!.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const addresses = page.getByLabel("Address");
  await expect(addresses.nth(0)).toHaveValue("bo@example.org");
  await expect(addresses.nth(1)).toHaveValue("ada@example.org");
  await settled(page);
  await page.locator("#save").click();
  await expect(page.locator("#saved")).toHaveText("News 2:bo@example.org,1:ada@example.org");
});

test("a row's errors show for what was used in it, and all of them after a save that was refused", async ({ page }) => {
  await open(page, "/rows");
  await page.getByRole("button", { name: "Add" }).click();
  const third = page.locator("fieldset").nth(2);
  await third.getByLabel("Name").fill("n");
  await settled(page);
  await expect(third.locator(".field-errors")).toHaveCount(0);
  await third.getByLabel("Address").fill("a");
  await expect(third.locator(".field-errors")).toHaveText("should be at least 3 character(s)");
  await third.getByLabel("Address").fill("");
  await page.getByRole("button", { name: "Add" }).click();
  await settled(page);
  await page.locator("#mailing_list").evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await page.locator("#save").click();
  await expect(page.locator(".field-errors")).toHaveText(["can't be blank", "can't be blank"]);
});

test("the button that was pressed is sent at its place, and hidden entries keep the rows apart", async ({ page }) => {
  const frames = new Frames(page);
  await open(page, "/rows");
  await page.locator("fieldset").nth(1).getByRole("button", { name: "Remove" }).click();
  await expect(page.locator("fieldset")).toHaveCount(1);
  const sent = [...new URLSearchParams(frames.forms().at(-1))].map(([name, value]) => `${name}=${value}`).filter((entry) => !entry.includes("_unused_"));
  expect(sent).toEqual([
    "mailing_list[title]=News",
    "mailing_list[emails_drop][]=",
    "mailing_list[emails][0][_persistent_id]=0",
    "mailing_list[emails][0][id]=1",
    "mailing_list[emails_sort][]=0",
    "mailing_list[emails][0][address]=ada@example.org",
    "mailing_list[emails][0][name]=",
    "mailing_list[emails][1][_persistent_id]=1",
    "mailing_list[emails][1][id]=2",
    "mailing_list[emails_sort][]=1",
    "mailing_list[emails][1][address]=bo@example.org",
    "mailing_list[emails][1][name]=",
    "mailing_list[emails_drop][]=1",
    "_target=mailing_list[emails_drop][]",
  ]);
});
