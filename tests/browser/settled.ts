import type { Page } from "@playwright/test";

/** Classes that stand on an element while something that the user did is on its way. */
const LOADING = ["phx-loading", ...["click", "change", "submit", "keydown", "keyup", "focus", "blur", "hook"].map((kind) => `phx-${kind}-loading`)];

/**
 * Waits until the page is connected and nothing that the user did is unanswered. The client sets loading classes inside
 * the DOM event and takes them away with the answer's patch, so after this the page shows what the server thinks.
 */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction((loading) => {
    const views = [...document.querySelectorAll("[data-phx-session]")];
    return (
      window.liveSocket?.isConnected() &&
      views.length > 0 &&
      views.every((view) => view.classList.contains("phx-connected")) &&
      loading.every((name) => document.getElementsByClassName(name).length === 0)
    );
  }, LOADING);
}

/** Opens a page and waits until it is live. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await settled(page);
}
