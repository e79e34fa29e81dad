// The client of a page: one socket, the views on it, and the bindings. Pages that need more than the script tag gives
// make one themselves: `new LiveSocket("/live", { params }).connect()`.

import type { Arrival } from "./arrival";
import type { Observer } from "./bindings/binding";
import { ClickBinding } from "./bindings/click";
import { FocusBinding } from "./bindings/focus";
import { FormBinding } from "./bindings/form";
import { HoldBinding } from "./bindings/hold";
import { KeyBinding } from "./bindings/key";
import { LinkBinding } from "./bindings/link";
import { ListenerBinding } from "./bindings/listener";
import { FALL_BACK_AFTER, MAIN, SESSION } from "./constants";
import { keepingFocus, moveFocus } from "./focus";
import { execute } from "./js_commands";
import { setLatency } from "./latency";
import { setDebugging } from "./log";
import { Navigation, type NavigatedPage } from "./navigation";
import { ProgressBar } from "./progress_bar";
import type { Incoming, Json, Serializer } from "./protocol";
import { settlePortals } from "./portals";
import { Reloader, type ReloadOptions } from "./reload";
import { Socket, type SocketDelegate } from "./socket";
import { containerOf, isInside, parentOf } from "./teleported";
import { Templates } from "./templates";
import { View } from "./view";

export interface LiveSocketOptions extends ReloadOptions {
  /** What the page adds to its join parameters: an object, or a function that is asked at each join. */
  readonly params?: Json | (() => Json);
  /** `"json"` makes every frame readable text. Default `"binary"`. */
  readonly serializer?: Serializer;
  /** Holds back `phx-change` while somebody composes a character (IME). Default `false`. */
  readonly blockPhxChangeWhileComposing?: boolean;
  /** After how many milliseconds without a WebSocket the page polls; `false`: never. Default 2,500. */
  readonly longPollFallbackMs?: number | false;
  /** The bar at the top of the page. Default `true`. */
  readonly progress?: boolean;
}

export interface JsPushOptions {
  readonly value?: Json;
  readonly callback?: (reply: unknown) => void;
}

export class LiveSocket implements SocketDelegate, NavigatedPage {
  readonly #socket: Socket;
  readonly #templates = new Templates();
  readonly #reloader: Reloader;
  readonly #serializer: Serializer;
  readonly #listeners = new ListenerBinding(this);
  readonly #navigation = new Navigation(this);
  readonly #observers: Observer[];
  readonly #views = new Map<Element, View>();
  /** Sticky views of the view that was left, on their way into the next one. */
  readonly #sticky: View[] = [];
  #main: View | undefined;
  /** The container of the main view that shows: the next one may be on its way. */
  #shown: HTMLElement | undefined;
  #unloaded = false;
  /** When the browser takes the page out of its cache, the socket is to open again. */
  #comesBack = false;

  constructor(
    private readonly url = "/live",
    private readonly options: LiveSocketOptions = {},
  ) {
    this.#serializer = options.serializer ?? "binary";
    const after = options.longPollFallbackMs ?? FALL_BACK_AFTER;
    const fallback = after === false ? undefined : { after, load: async () => (await import("./longpoll.mjs")).LongPoll };
    this.#socket = new Socket((transport) => socketUrl(this.url, transport, this.#serializer), this, fallback);
    this.#reloader = new Reloader(options);
    this.#observers = [
      new LinkBinding(this, this), new ClickBinding(this), new FormBinding(this, options.blockPhxChangeWhileComposing), new FocusBinding(this), new KeyBinding(this), new HoldBinding(this),
      this.#listeners, ...(options.progress === false ? [] : [new ProgressBar()]),
    ];
    // The first one is the page's: a page that makes its own gets no second.
    window.liveSocket ??= this;
  }

  /** The view of the page's main container, if it has one. */
  get main(): View | undefined {
    return this.#main;
  }

  get canNavigate(): boolean {
    return this.#main !== undefined && this.isConnected();
  }

  /** Starts, or starts again: finds the views of the page and opens the socket. */
  connect(): void {
    whenReady(() => {
      this.#findViews();
      for (const observer of this.#observers) observer.start();
      if (this.#main) this.#navigation.start();
      window.addEventListener("pagehide", this.#pageHidden);
      window.addEventListener("pageshow", this.#pageShown);
      if (this.#views.size > 0) this.#socket.connect();
    });
  }

  /** Closes the socket and keeps it closed; `closed` is called when it is. Views show that they are not connected. */
  disconnect(closed?: () => void): void {
    this.#reloader.cancel();
    this.#socket.disconnect(closed);
  }

  isConnected(): boolean {
    return this.#socket.isConnected;
  }

  /** Whether the browser has left this page. */
  isUnloaded(): boolean {
    return this.#unloaded;
  }

  enableDebug(): void {
    setDebugging(true);
  }

  disableDebug(): void {
    setDebugging(false);
  }

  /** Delays each message by so many milliseconds, in each direction, until this tab is closed. */
  enableLatencySim(milliseconds: number): void {
    setLatency(milliseconds);
  }

  disableLatencySim(): void {
    setLatency(null);
  }

  /** Carries out an encoded command for an element, as a binding would. */
  execJS(el: Element, encoded: string): void {
    const view = this.viewOf(el);
    if (view) execute(view, el, "push", encoded);
  }

  /** Commands for scripts. `push` resolves with the handler's reply, or rejects when there is none. */
  js(): { push: (el: Element, event: string, options?: JsPushOptions) => Promise<unknown> } {
    return { push: (el, event, options = {}) => this.#push(el, event, options) };
  }

  follow(...way: Parameters<Navigation["follow"]>): void {
    this.#navigation.follow(...way);
  }

  expect(href: string): void {
    this.#navigation.expect(href);
  }

  arrive(arrival: Arrival): View {
    const el = (this.#shown ?? document.createElement("div")).cloneNode(false) as HTMLElement;
    const view = new View(el, this.#context(), arrival);
    view.join();
    return view;
  }

  dismiss(view: View): void {
    this.#sticky.push(...view.depart());
  }

  promote(view: View): void {
    this.#main = view;
  }

  show(view: View): void {
    const { el } = view;
    const focused = document.activeElement;
    const hadFocus = this.#shown !== undefined && isInside(this.#shown, focused);
    keepingFocus(() => {
      // Both at once, so that what moves from one to the other is never out of the page: media play on.
      this.#shown?.after(el);
      for (const sticky of this.#sticky.splice(0)) view.takeIn(sticky);
      this.#shown?.remove();
      settlePortals(el);
    });
    this.#shown = el;
    if (!isInside(el, focused)) moveFocus(el, hadFocus);
  }

  viewOf(el: Element): View | undefined {
    const container = el.isConnected ? containerOf(el) : null;
    return container ? this.#views.get(container) : undefined;
  }

  socketOpened(): void {
    this.#templates.clear();
    for (const view of this.#views.values()) view.join();
  }

  socketClosed(): void {
    for (const view of this.#views.values()) view.socketClosed(this.#unloaded);
  }

  socketReceived(message: Incoming): void {
    for (const view of this.#views.values()) if (view.receive(message)) return;
  }

  #push(el: Element, event: string, { value = {}, callback }: JsPushOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const marks = [{ el, lock: true, shown: true }];
      const view = this.viewOf(el);
      const sent = view?.push({ type: "push", event, value }, {
        kind: "hook",
        marks,
        answered: (reply) => {
          if (typeof reply === "string") return reject(new Error(`${event}: ${reply}`));
          if (!reply.ok) return reject(new Error(String(reply.response.reason)));
          callback?.(reply.response.reply);
          resolve(reply.response.reply);
        },
      });
      if (!sent) reject(new Error(`${event}: not connected`));
    });
  }

  #findViews(): void {
    for (const el of document.querySelectorAll<HTMLElement>(`[${SESSION}]`)) {
      // Nested ones are for the views around them to find.
      if (this.#views.has(el) || containerOf(parentOf(el))) continue;
      const view = new View(el, this.#context());
      if (!el.hasAttribute(MAIN) || this.#main) continue;
      this.#main = view;
      this.#shown = el;
    }
  }

  #context() {
    return {
      socket: this.#socket,
      serializer: this.#serializer,
      templates: this.#templates,
      reloader: this.#reloader,
      navigation: this.#navigation,
      views: this.#views,
      params: () => this.#params(),
      listening: (event: string) => this.#listeners.listen(event),
      leavePage: () => this.#pageHidden(),
    };
  }

  #params(): Json {
    const { params = {} } = this.options;
    const token = document.querySelector("meta[name='csrf-token']")?.getAttribute("content");
    return { ...(token ? { _csrf_token: token } : {}), ...(typeof params === "function" ? params() : params) };
  }

  /** An open socket would keep the page out of the back/forward cache. */
  #pageHidden = (): void => {
    this.#unloaded = true;
    this.#comesBack ||= this.#socket.isWanted;
    this.#socket.disconnect();
  };

  #pageShown = (event: PageTransitionEvent): void => {
    if (!event.persisted) return;
    this.#unloaded = false;
    if (this.#comesBack) this.#socket.connect();
    this.#comesBack = false;
  };
}

function socketUrl(path: string, transport: string, serializer: Serializer): string {
  const url = new URL(`${path}/${transport}`, window.location.href);
  if (transport === "websocket") url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ vsn: "2.0.0", serializer }).toString();
  return url.href;
}

/** Once the document is parsed. */
export function whenReady(callback: () => void): void {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", callback, { once: true });
  else callback();
}

declare global {
  interface Window {
    Bennu?: { LiveSocket: typeof LiveSocket };
    liveSocket?: LiveSocket;
  }
}
