// Links: those of live navigation, those that post, and those that ask first. What the browser is meant to do with a click
// (a new tab, a download, a place in the page, another site) is left to it.

import { PREFETCH_AFTER } from "../constants";
import type { Kind, Type } from "../history";
import { execute } from "../js_commands";
import { boundElement, WindowObserver, type Owner } from "./binding";

/** Who navigates the page. */
export interface Navigator {
  readonly canNavigate: boolean;
  follow(type: Type, href: string, kind: Kind, el?: Element, clicked?: () => void): void;
  expect(href: string): void;
}

const LINK = "data-phx-link";

export class LinkBinding extends WindowObserver {
  #hover: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly owner: Owner,
    private readonly navigator: Navigator,
  ) {
    super({
      click: (event: MouseEvent) => this.#clicked(event),
      pointerover: (event: Event) => this.#pointed(event),
    });
  }

  override stop(): void {
    super.stop();
    clearTimeout(this.#hover);
  }

  #clicked(event: MouseEvent): void {
    const asks = boundElement(event, "data-confirm");
    if (asks && !event.defaultPrevented && !window.confirm(asks.encoded)) return silence(event);
    const posts = boundElement(event, "data-method");
    if (posts && !event.defaultPrevented) return this.#post(event, posts.el, posts.encoded);
    const link = boundElement(event, LINK);
    if (!link || event.defaultPrevented || !this.navigator.canNavigate || isBrowsers(event, link.el)) return;
    silence(event);
    const { el, encoded } = link;
    const click = el.getAttribute("phx-click");
    const view = this.owner.viewOf(el);
    const clicked = () => void (click !== null && view && execute(view, el, "click", click));
    const kind = el.getAttribute(`${LINK}-state`) === "replace" ? "replace" : "push";
    clearTimeout(this.#hover);
    this.navigator.follow(encoded === "patch" ? "patch" : "redirect", hrefOf(el).href, kind, el, clicked);
  }

  /** Submits a form of its own, with the page's CSRF token; `_method` says what it stands for. */
  #post(event: Event, el: Element, method: string): void {
    silence(event);
    const form = document.createElement("form");
    form.method = "post";
    form.action = el.getAttribute("data-to") ?? el.getAttribute("href") ?? "";
    form.target = el.getAttribute("target") ?? "";
    form.hidden = true;
    const token = document.querySelector("meta[name='csrf-token']")?.getAttribute("content") ?? "";
    for (const [name, value] of [["_csrf_token", token], ["_method", method]] as const) {
      const input = document.createElement("input");
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.requestSubmit();
  }

  #pointed(event: Event): void {
    clearTimeout(this.#hover);
    const link = boundElement(event, "data-phx-prefetch");
    if (!link || link.el.getAttribute(LINK) === "patch") return;
    const { href, origin } = hrefOf(link.el);
    if (origin === window.location.origin) this.#hover = setTimeout(() => this.navigator.expect(href), PREFETCH_AFTER);
  }
}

function silence(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function isBrowsers(event: MouseEvent, el: Element): boolean {
  const target = el.getAttribute("target");
  const url = hrefOf(el);
  const elsewhere = url.origin !== window.location.origin || el.hasAttribute("download") || (target !== null && target !== "" && target !== "_self");
  return elsewhere || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || isPlace(url);
}

/** Whether a link leads to a place in the page that shows. */
function isPlace({ pathname, search, hash }: URL): boolean {
  return hash !== "" && pathname === window.location.pathname && search === window.location.search;
}

function hrefOf(el: Element): URL {
  return new URL(el.getAttribute("href") ?? el.getAttribute("xlink:href") ?? "", document.baseURI);
}
