// Live navigation: links, commands, the way back and what the server asks for. A URL of the same view is patched, another
// view takes the place of the main one over the same socket, and everything else the browser loads.
//
// The URL changes after the server's answer. Of several ways that were begun only the last one is finished.

import { Arrival, type Outcome } from "./arrival";
import { WindowObserver } from "./bindings/binding";
import type { Failure } from "./channel";
import { showCondition } from "./container";
import { entry, PageHistory, type Kind, type Type } from "./history";
import { loadPage } from "./leave";
import { startPageLoading } from "./page_loading";
import { Prefetch } from "./prefetch";
import type { Json, Reply } from "./protocol";
import { restoreScroll, ScrollWatch, scrollToTarget } from "./scroll";
import type { View } from "./view";

/** The page, as far as it is navigated. */
export interface NavigatedPage {
  readonly main: View | undefined;
  isConnected(): boolean;
  isUnloaded(): boolean;
  /** Joins a view that nobody sees yet. */
  arrive(arrival: Arrival): View;
  /** Ends a view; what it shows stays and belongs to nobody. */
  dismiss(view: View): void;
  /** Makes a view the main one, whether or not it shows yet. */
  promote(view: View): void;
  /** Puts the main view in place of what shows. */
  show(view: View): void;
}

/** `el` is the link or button; `kind` is absent on the way back, where the browser has changed the URL already. */
interface Way {
  readonly kind?: Kind | undefined;
  readonly el?: Element | undefined;
  readonly flash?: string | undefined;
  readonly scroll?: number | undefined;
}

interface Trip {
  readonly href: string;
  end(): void;
}

interface Detail {
  readonly href: string;
  readonly patch: boolean;
  readonly pop: boolean;
  readonly direction: "forward" | "backward";
}

export class Navigation extends WindowObserver {
  readonly #history = new PageHistory();
  readonly #scroll = new ScrollWatch((scroll) => this.#history.update({ scroll }));
  readonly #prefetch: Prefetch;
  #trip: Trip | undefined;
  #hasBegun = false;
  /** The URL of what shows. */
  #at = window.location.href;

  constructor(private readonly page: NavigatedPage) {
    super({ popstate: () => this.#popped(), scroll: () => this.#scroll.scrolled() });
    this.#prefetch = new Prefetch(page);
  }

  /** On pages with a main view. */
  override start(): void {
    super.start();
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#at = window.location.href;
    this.#history.begin(this.page.main?.id ?? "");
    // The page was loaded again, or the browser came back to it from one that is not live.
    requestAnimationFrame(() => restoreScroll(entry().scroll));
  }

  override stop(): void {
    super.stop();
    this.#scroll.cancel();
    this.#prefetch.drop();
  }

  /** Joins the view of a link that is likely to be clicked. */
  expect(href: string): void {
    if (!this.#trip) this.#prefetch.begin(href, this.#at);
  }

  /** A link or a command, after the page was asked. `clicked` is the link's own click command, which runs in any case. */
  follow(type: Type, href: string, kind: Kind, el?: Element, clicked = () => {}): void {
    if (this.#trip?.href === href) return;
    const allowed = isAllowed({ href, patch: type === "patch", pop: false, direction: "forward" });
    // Once another view is asked for, this one hears nothing more.
    if (!allowed || type === "redirect") clicked();
    if (!allowed) return;
    if (type === "redirect") return this.#swap(href, { kind, el });
    this.#patch(href, { kind, el });
    clicked();
  }

  /** The server asks for another view. */
  navigate(to: string, kind: Kind, flash?: string): void {
    this.#swap(absolute(to), { kind, flash });
  }

  /** The view has moved to a URL by itself. */
  patched(to: string, kind: Kind): void {
    this.#entered("patch", absolute(to), kind);
    scrollToTarget(false);
  }

  /** The page is left. */
  redirect(to: string, flash?: string): void {
    this.#end();
    loadPage(to, flash);
  }

  #popped(): void {
    this.#scroll.cancel();
    const id = this.page.main?.id ?? "";
    const { id: owner, scroll, ...state } = entry();
    const href = window.location.href;
    if (isSamePage(this.#at, href)) {
      this.#history.arrive(id);
      this.#at = href;
      // To a place in the page that is new to the history the browser scrolls by itself.
      if (state.position === undefined) return;
      return scroll === undefined ? scrollToTarget(true) : restoreScroll(scroll);
    }
    const { type, direction } = this.#history.moveTo(state);
    const detail = { href, patch: type === "patch", pop: true, direction };
    // What steps back to where the page is comes to the lines above.
    if (!isAllowed(detail)) return this.#history.undo(state);
    this.#history.arrive(id);
    this.#at = href;
    tell("navigate", detail);
    if (detail.patch && owner === id && this.page.main?.isConnected()) this.#patch(href, { scroll });
    else this.#swap(href, { scroll });
  }

  #patch(href: string, way: Way): void {
    const { main } = this.page;
    if (!main?.isConnected()) return this.#swap(href, way);
    const trip = this.#begin("patch", href, way);
    main.pushPatch(href, way.el, (reply, effects) => {
      if (trip !== this.#trip) return;
      const ok = typeof reply !== "string" && reply.ok;
      // What the view says about its URL wins.
      const hasLeft = effects && (effects.patched.length > 0 || effects.leave);
      if (ok && !hasLeft) this.#patchedBy(href, way);
      this.#end();
      if (!ok && !hasLeft) this.#notPatched(href, way, reply);
    });
  }

  #patchedBy(href: string, { kind, scroll }: Way): void {
    if (!kind) return restoreScroll(scroll);
    this.#entered("patch", href, kind);
    scrollToTarget(false);
  }

  #notPatched(href: string, way: Way, reply: Reply | Failure): void {
    // A view that crashed joins again by itself.
    if (this.page.isUnloaded() || (reply === "closed" && this.page.isConnected())) return;
    if (!way.kind && typeof reply !== "string") return this.#swap(href, way);
    loadPage(href);
  }

  #swap(href: string, way: Way): void {
    const { main } = this.page;
    const { el, flash } = way;
    if (!main || !this.page.isConnected()) return loadPage(href, flash);
    const trip = this.#begin("redirect", href, way);
    const arrival = this.#arriving(main, href, flash);
    // Behind what the link's own command had shown there, which went with the view.
    el?.classList.add("phx-click-loading");
    arrival.whenSettled((outcome) => {
      if (trip !== this.#trip) return;
      if (outcome === "here") return this.#arrived(href, way);
      this.#end();
      if (!this.page.isUnloaded()) this.#refused(href, way, outcome);
    });
  }

  /** A view that was prefetched takes over; or the present one leaves, and another one joins. */
  #arriving(main: View, href: string, flash: string | undefined): Arrival {
    const guest = flash ? undefined : this.#prefetch.take(href);
    this.#prefetch.drop();
    if (guest) {
      this.page.dismiss(main);
      this.page.promote(guest.view);
      return guest.arrival;
    }
    const arrival = new Arrival(href, main.token, this.#at, flash);
    this.page.dismiss(main);
    this.page.promote(this.page.arrive(arrival));
    return arrival;
  }

  #arrived(href: string, { kind, scroll }: Way): void {
    const { main } = this.page;
    if (!main) return;
    this.#scroll.cancel();
    this.page.show(main);
    if (kind) {
      this.#entered("redirect", href, kind);
      scrollToTarget(true);
    } else restoreScroll(scroll ?? 0);
    this.#end();
    main.shown();
  }

  #refused(href: string, { flash }: Way, outcome: Exclude<Outcome, "here">): void {
    const response: Json = typeof outcome === "string" ? {} : outcome.response;
    const { live_redirect: on, redirect: away } = response as Record<string, { to: string; kind: Kind; flash?: string } | undefined>;
    if (on) this.#swap(absolute(on.to), { kind: on.kind, flash: on.flash });
    else if (away) loadPage(away.to, away.flash);
    else loadPage(href, flash);
  }

  #entered(type: Type, href: string, kind: Kind): void {
    this.#scroll.cancel();
    this.#history.add(kind, type, this.page.main?.id ?? "", href);
    this.#at = window.location.href;
    tell("navigate", { href, patch: type === "patch", pop: false, direction: "forward" });
  }

  /** The way that was begun before is given up. On the way back nothing else shows that the page waits. */
  #begin(kind: Type, href: string, { kind: pushed, el }: Way): Trip {
    this.#end();
    // What comes in between may change how long the page is.
    if (pushed) this.#history.update({ scroll: window.scrollY });
    const stop = startPageLoading(kind, { to: href });
    const shown = pushed ? undefined : this.page.main;
    if (shown) showCondition(shown.el, "loading");
    const end = () => {
      if (kind === "redirect") el?.classList.remove("phx-click-loading");
      if (shown?.isConnected()) showCondition(shown.el, "connected");
      stop();
    };
    return (this.#trip = { href, end });
  }

  #end(): void {
    const trip = this.#trip;
    this.#trip = undefined;
    trip?.end();
  }
}

/** Whether they differ in nothing but the hash. */
function isSamePage(a: string, b: string): boolean {
  return a.split("#")[0] === b.split("#")[0];
}

function absolute(to: string): string {
  return new URL(to, window.location.href).href;
}

function isAllowed(detail: Detail): boolean {
  return tell("before-navigate", detail, true);
}

function tell(name: string, detail: Detail, cancelable = false): boolean {
  return window.dispatchEvent(new CustomEvent(`phx:${name}`, { detail, cancelable }));
}
