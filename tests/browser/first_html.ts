import type { Page } from "@playwright/test";

/**
 * Changes the first HTML of the next page load, and of no later one, before the client sees it. `change` runs in the page
 * when the parser is done and no deferred script has run yet.
 */
export async function changeFirstHtml(page: Page, change: () => void): Promise<void> {
  await page.addInitScript(`
    if (sessionStorage.getItem("changed") === null) {
      sessionStorage.setItem("changed", "yes");
      document.addEventListener("readystatechange", () => document.readyState === "interactive" && (${change.toString()})());
    }`);
}
