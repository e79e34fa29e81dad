// The bar at the top of the page while it loads. Shown only when loading takes longer than a moment; its colour is the
// custom property `--bennu-progress`. Styled through CSSOM, so that it needs no style sheet and no policy exception.

import { WindowObserver } from "./bindings/binding";
import { PROGRESS_DELAY } from "./constants";

const BASE =
  "position:fixed;inset:0 0 auto;height:3px;z-index:2147483647;pointer-events:none;transform-origin:0;" +
  "background:var(--bennu-progress,#2563eb);transform:scaleX(0)";

export class ProgressBar extends WindowObserver {
  #bar: HTMLElement | undefined;
  #loads = 0;
  #delay: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super({
      "phx:page-loading-start": () => this.#started(),
      "phx:page-loading-stop": () => this.#stopped(),
    });
  }

  override stop(): void {
    super.stop();
    this.#loads = 0;
    this.#hide();
  }

  #started(): void {
    this.#loads += 1;
    if (this.#loads === 1) this.#delay = setTimeout(() => this.#show(), PROGRESS_DELAY);
  }

  #stopped(): void {
    this.#loads = Math.max(0, this.#loads - 1);
    if (this.#loads === 0) this.#hide();
  }

  #show(): void {
    const bar = document.createElement("div");
    bar.id = "bennu-progress";
    bar.setAttribute("aria-hidden", "true");
    bar.style.cssText = BASE;
    document.body.append(bar);
    this.#bar = bar;
    if (window.matchMedia?.("(prefers-reduced-motion: reduce)").matches) {
      bar.style.transform = "none";
      return;
    }
    // Reading the layout makes the browser take the start position before it animates towards the end.
    bar.getBoundingClientRect();
    bar.style.transition = "transform 8s cubic-bezier(0.05, 0.7, 0.1, 1)";
    bar.style.transform = "scaleX(0.9)";
  }

  #hide(): void {
    clearTimeout(this.#delay);
    this.#bar?.remove();
    this.#bar = undefined;
  }
}
