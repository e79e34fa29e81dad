// One live view: its container, its join, the frames that change it and the events that it pushes. It joins by adopting
// the first HTML, by resuming where it stopped, or by merging a fresh render; and joins again whenever that got lost.
//
// One message is handled in one task and in one order: the loading state of the answered push goes, the patch is
// applied, server events are dispatched, the reply is handed over.

import { Acks } from "./acks";
import type { Arrival } from "./arrival";
import { Backoff } from "./backoff";
import { Channel, type ChannelDelegate, type Failure } from "./channel";
import { MAX_JOIN_TRIES, REJOIN_AFTER, SESSION, STABLE_AFTER } from "./constants";
import { showCondition, type Condition } from "./container";
import { release, type Control } from "./controls";
import { idOf } from "./dom";
import type { Kind, Type } from "./history";
import { LoadingStates, type Mark } from "./loading";
import { log } from "./log";
import { NestedViews } from "./nested";
import { mergeAttributes } from "./merge";
import { Page } from "./page";
import { startPageLoading, type PageLoadingKind } from "./page_loading";
import { place as placeNodes, type Effects } from "./patch";
import { submitNatively, takeTriggered, TRIGGER } from "./native_submit";
import type { Op } from "./ops";
import type { EventPush, Incoming, Json, ListenerPush, ReadPatch, Reply, Serializer } from "./protocol";
import { recoverable, Recovery, takeMissed } from "./recovery";
import type { Reloader } from "./reload";
import type { Socket } from "./socket";
import type { Templates } from "./templates";
import { resetTitle, setTitle } from "./title";

/** What a view needs of the page around it. */
export interface ViewContext {
  readonly socket: Socket;
  readonly serializer: Serializer;
  readonly templates: Templates;
  readonly reloader: Reloader;
  readonly navigation: ViewNavigation;
  /** The views of the page, by their containers. */
  readonly views: Map<Element, View>;
  /** The page's own join parameters, asked for at each join. */
  params(): Json;
  listening(event: string): void;
  /** The browser is about to leave this page: closes the socket. */
  leavePage(): void;
}

/** How a view moves the page. */
export interface ViewNavigation {
  follow(type: Type, href: string, kind: Kind, el?: Element): void;
  navigate(to: string, kind: Kind, flash?: string): void;
  patched(to: string, kind: Kind): void;
  redirect(to: string, flash?: string): void;
}

export interface PushOptions {
  /** The kind of the loading class. */
  readonly kind: string;
  readonly marks: readonly Mark[];
  /** The element whose push counts as loading the page. */
  readonly pageLoading?: Element | undefined;
  /** Called after the patch of the answer was applied. */
  readonly answered?: ((reply: Reply | Failure, effects?: Effects) => void) | undefined;
}

export class View implements ChannelDelegate {
  readonly id: string;
  readonly #channel: Channel;
  readonly #page: Page;
  readonly #loading: LoadingStates;
  readonly #acks: Acks;
  readonly #backoff = new Backoff(REJOIN_AFTER);
  #session: string;
  #joins = 0;
  #tries = 0;
  #joinedAt = 0;
  /** The container still shows the page load's HTML as the server rendered it. */
  #pristine = true;
  /** The nodes have their ids: the server may send only what changed. */
  #bound = false;
  #ended = false;
  /** A nested view has asked to join, and how that goes is not known yet. */
  #pending = false;
  /** The view has joined, and shows so as soon as those in it have. */
  #ready = false;
  /** What a view that nobody sees yet is to do when it shows. */
  #held: Effects[] | undefined;
  #recovery: Recovery | undefined;
  /** What frames say beside their edits, while the page they belong to is not shown yet. */
  #effects: Effects[] = [];
  /** The ids of forms whose recovery crashed the view: it would do so again. */
  readonly #blocked = new Set<string>();
  readonly #nested: NestedViews;
  #condition: Condition | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stopLoading: (() => void) | undefined;

  constructor(
    readonly el: HTMLElement,
    private readonly context: ViewContext,
    /** Of a view that comes into the page after it was loaded. */
    private readonly arrival?: Arrival,
    /** The view that this one is nested in. */
    private outer?: View,
  ) {
    this.id = el.id;
    this.#session = arrival?.token ?? el.getAttribute(SESSION) ?? "";
    this.#pristine = !arrival;
    this.#held = arrival && [];
    this.#channel = new Channel(context.socket, arrival?.topic ?? `lv:${this.id}`, context.serializer, this);
    this.#page = new Page(el, context.templates, context.listening);
    this.#loading = new LoadingStates(this.id);
    this.#acks = new Acks((seq) => this.#channel.ack(seq));
    this.#nested = new NestedViews(el, (inner) => new View(inner, context, undefined, this));
    context.views.set(el, this);
  }

  get page(): Page {
    return this.#page;
  }

  /** What vouches for the page at its next join. */
  get token(): string {
    return this.#session;
  }

  isConnected(): boolean {
    return this.#channel.isJoined && !this.#recovery;
  }

  isPending(): boolean {
    return this.#pending;
  }

  join(): void {
    if (this.#ended || this.outer?.isConnected() === false) return;
    clearTimeout(this.#retry);
    this.#pending = this.outer !== undefined;
    if (!this.outer && this.#joins === 0 && this.#tries === 0 && !this.arrival) this.#wait("loading", "initial");
    this.#channel.join(this.#joinPayload(), (reply) => this.#joinAnswered(reply));
  }

  /** The socket is gone, and with it everything that waited for an answer. */
  socketClosed(unloading: boolean): void {
    if (this.outer) return;
    clearTimeout(this.#retry);
    this.#drop();
    if (this.#held) this.arrival?.settle("closed");
    else if (!unloading && !this.#ended) this.#wait("client-error", "error");
  }

  /** The view around this one has joined again; if it is another one than before, so is this. */
  joinAgain(): void {
    const token = this.el.getAttribute(SESSION) ?? "";
    if (token !== this.#session) this.#bound = false;
    this.#session = token;
    this.join();
  }

  /** The view around this one is not connected: it alone shows that. */
  suspend(): void {
    clearTimeout(this.#retry);
    this.#drop();
    this.#condition = undefined;
    showCondition(this.el, undefined);
    this.#settle();
  }

  /** Another view takes the place of this one, or of the one around it; or the page shows it no longer. Sticky views of it are given back. */
  depart(): View[] {
    this.#ended = true;
    this.#ready = false;
    clearTimeout(this.#retry);
    const sticky = this.#nested.depart();
    this.#drop(this.outer ? {} : { navigate: true });
    this.#stopLoading?.();
    this.context.views.delete(this.el);
    this.#settle();
    return sticky;
  }

  /** A sticky view of the page before moves in, if this one has a place for it, and departs otherwise. Both are in the document. */
  takeIn(view: View): void {
    const place = this.#nested.take(view);
    if (!place) return void view.depart();
    mergeAttributes(view.el, place);
    placeNodes(place.parentNode!, [view.el], place);
    place.remove();
    this.#page.table.repoint(new Map([[place, view.el]]));
    view.outer = this;
    view.#session = view.el.getAttribute(SESSION) ?? "";
  }

  /** The view is in the page now. */
  shown(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (!held.some(({ title }) => title !== undefined)) resetTitle();
    for (const effects of held) this.#carryOut(effects);
    this.#postTriggered();
    this.#joinNested();
  }

  /** Goes to another URL of this view. `answered` is called after the patch was applied. */
  pushPatch(url: string, link: Element | undefined, answered: PushOptions["answered"]): void {
    const marks = link ? [{ el: link, lock: false, shown: true }] : [];
    const finish = this.#begin({ kind: "click", marks, answered });
    this.#channel.pushText("live_patch", { url, ack: this.#acks.take() }, finish);
  }

  /** A link or a command in this view leads somewhere. */
  follow(type: Type, href: string, kind: Kind, el: Element): void {
    this.context.navigation.follow(type, new URL(href, document.baseURI).href, kind, el);
  }

  /** Whether the message was for this view. */
  receive(message: Incoming): boolean {
    return this.#channel.receive(message);
  }

  /** Whether the event was sent. An event of a view that is not connected is dropped. */
  push(push: EventPush, options: PushOptions): boolean {
    if (!this.isConnected()) return false;
    const answered = this.#begin(options);
    this.#channel.pushEvent(push, this.#acks.take(), answered);
    return true;
  }

  pushListener(push: ListenerPush, answered: () => void): boolean {
    if (!this.isConnected()) return false;
    const finish = this.#begin({ kind: "", marks: [], answered });
    this.#channel.pushListener(push, this.#acks.take(), finish);
    return true;
  }

  channelReceived(patch: ReadPatch): void {
    this.#frame(patch);
  }

  channelRenewed({ session }: Json): void {
    if (typeof session !== "string") return;
    this.#session = session;
    this.el.setAttribute(SESSION, session);
  }

  channelCrashed(payload: Json): void {
    log(this.id, "error", "view crashed", payload);
    const culprit = this.#recovery?.current;
    if (culprit) this.#blocked.add(idOf(culprit));
    this.#drop();
    if (this.#held) return this.arrival?.settle("closed");
    this.#wait("server-error", "error");
    this.#rejoinLater();
  }

  channelClosed(payload: Json): void {
    log(this.id, "close", "ended by the server", payload);
    // What becomes of a nested view is for the one around it to say.
    if (this.outer) return this.suspend();
    this.#ended = true;
    this.#drop();
    this.#show("server-error");
  }

  #joinPayload(): Json {
    const { referer, href, flash } = this.arrival ?? {};
    return {
      session: this.#session,
      ...(this.#held ? { redirect: href, ...(flash ? { flash } : {}) } : { url: window.location.href }),
      params: { ...this.context.params(), _mounts: this.#joins, ...(referer ? { _live_referer: referer } : {}) },
      ...(this.#pristine ? { adopt: true } : {}),
      ...(this.#bound ? { seq: this.#acks.applied } : {}),
    };
  }

  #joinAnswered(reply: Reply | Failure): void {
    if (this.#held) return this.#arrived(reply);
    if (reply === "closed") return;
    if (reply === "timeout") return this.#joinFailed("timeout");
    if (!reply.ok) return this.#refused(reply.response);
    try {
      this.#enter(reply);
    } catch (error) {
      this.#rejoinFresh(error);
    }
  }

  /** A view that nobody sees yet is not tried again: whoever asked for it decides. */
  #arrived(reply: Reply | Failure): void {
    try {
      if (typeof reply === "string" || !reply.ok) throw reply;
      this.#enter(reply);
      this.arrival?.settle("here");
    } catch (error) {
      if (!this.#ended) log(this.id, "error", "unable to join", error);
      this.arrival?.settle(reply);
    }
  }

  #enter({ response, patch }: Reply): void {
    this.channelRenewed(response);
    log(this.id, "mount", "received diff", response);
    if (typeof response.adopt === "string") {
      this.#page.adopt(response.adopt, Number(response.check));
      this.#acks.restart(0);
    } else if (patch) {
      const { seq, ops } = patch();
      this.#bound = false;
      this.#effects = [this.#page.prepare(ops)];
      this.#acks.restart(seq);
      if (this.#joins > 0) return this.#recover();
    }
    this.#entered(() => this.#joins === 0);
  }

  /** Tells the new view what was typed for the old one. Its page is shown when it has answered. */
  #recover(): void {
    const fresh = this.#page.prepared;
    const found = fresh ? recoverable(this.el, fresh, this.#blocked) : [];
    // What was missed by the old view is told to this one by the recovery, or not at all.
    takeMissed(this.el);
    const finish = () => {
      this.#recovery = undefined;
      this.#entered(({ form }) => form !== null && recovery.forms.has(form));
    };
    const recovery = new Recovery(found, finish);
    if (found.length === 0) return finish();
    this.#recovery = recovery;
    for (const { pushes } of found) {
      for (const push of pushes) this.#channel.pushEvent(push, this.#acks.take(), (reply) => this.#recovered(recovery, reply));
    }
  }

  #recovered(recovery: Recovery, reply: Reply | Failure): void {
    if (this.#recovery !== recovery || reply === "closed") return;
    if (typeof reply !== "string" && reply.patch) this.#frame(reply.patch);
    if (this.#recovery === recovery) recovery.answered();
  }

  /** Shows the page of a join. */
  #entered(keepTyped: (control: Control) => boolean): void {
    this.#page.finish({ keepTyped });
    this.#pristine = false;
    this.#bound = true;
    this.#joined();
    for (const effects of this.#effects.splice(0)) this.#carryOut(effects);
    this.#postTriggered();
    for (const send of takeMissed(this.el)) send();
    if (!this.#held) this.#joinNested();
  }

  /** Who sees that the page is connected may use what is in it, too. */
  #joinNested(): void {
    this.#ready = true;
    this.#nested.join();
    this.#showReady();
  }

  #showReady(): void {
    if (this.#ready && this.#condition !== "connected" && !this.#nested.arePending()) this.#show("connected");
  }

  /** How the join of a nested view went is known, or it is not waited for any more. */
  #settle(): void {
    this.#pending = false;
    if (this.outer) this.outer.#showReady();
  }

  #joined(): void {
    this.#joins += 1;
    this.#tries = 0;
    this.#joinedAt = Date.now();
    if (!this.outer) this.context.reloader.forget();
  }

  /** The page is not what the server thinks: ask for all of it. Still failing, that counts like any failed join. */
  #rejoinFresh(error: unknown): void {
    log(this.id, "error", "out of step", error);
    const again = this.#pristine || (this.#bound && this.#isStable());
    this.#pristine = false;
    this.#bound = false;
    this.#drop();
    if (!again) return this.#joinFailed("out of step");
    this.join();
  }

  #refused(response: Json): void {
    const { redirect, live_redirect } = response as Record<string, { to: string; kind: Kind; flash?: string } | undefined>;
    const { navigation } = this.context;
    if (redirect) return navigation.redirect(redirect.to, redirect.flash);
    if (live_redirect) return navigation.navigate(live_redirect.to, live_redirect.kind, live_redirect.flash);
    log(this.id, "error", "unable to join", response);
    const reason = response.reason;
    // The view around it has ended: its next join brings another one, or none.
    if (reason === "orphan") return this.suspend();
    if (reason === "stale" || reason === "unauthorized") {
      this.#wait("server-error", "error");
      return this.context.reloader.schedule(this.id, true);
    }
    if (reason === "full") {
      this.#wait("server-error", "error");
      return this.#rejoinLater();
    }
    this.#joinFailed(String(reason ?? "error"));
  }

  #joinFailed(reason: string): void {
    this.#tries += 1;
    this.#drop();
    this.#wait("server-error", "error");
    if (this.#tries < MAX_JOIN_TRIES) return this.#rejoinLater();
    log(this.id, "error", `giving up trying to mount after ${MAX_JOIN_TRIES} tries`, { reason });
    this.#tries = 0;
    if (this.outer) this.outer.giveUp(this);
    else this.context.reloader.schedule(this.id);
  }

  /** A nested view cannot be mounted. The page goes on without it, and shows that something is wrong. */
  giveUp(inner: View): void {
    this.#showBroken();
    this.#nested.giveUp(inner);
  }

  #showBroken(): void {
    if (this.outer) return this.outer.#showBroken();
    this.#ready = false;
    this.#show("server-error");
  }

  #rejoinLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.context.socket.isConnected) this.join();
    }, this.#backoff.next());
  }

  #wait(condition: Condition, kind: PageLoadingKind): void {
    if (condition === this.#condition) return this.#settle();
    this.#show(condition);
    if (!this.outer) this.#stopLoading = startPageLoading(kind);
  }

  #show(condition: Condition): void {
    this.#condition = condition;
    showCondition(this.el, condition);
    this.#stopLoading?.();
    this.#settle();
  }

  #isStable(): boolean {
    return this.#joinedAt !== 0 && Date.now() - this.#joinedAt >= STABLE_AFTER;
  }

  /** Leaves the join behind: what was marked as loading will get no answer. */
  #drop(farewell: Json = {}): void {
    if (this.#isStable()) this.#backoff.reset();
    this.#joinedAt = 0;
    this.#ready = false;
    this.#recovery = undefined;
    this.#effects = [];
    this.#nested.suspend();
    this.#page.abandon();
    this.#channel.leave(farewell);
    this.#acks.take();
    this.#loading.endAll().forEach(release);
  }

  #begin({ kind, marks, pageLoading, answered }: PushOptions): (reply: Reply | Failure) => void {
    const ref = marks.length === 0 ? undefined : this.#loading.begin(kind, marks);
    const stop = pageLoading && startPageLoading("element", { target: pageLoading });
    return (reply) => {
      const elements = ref === undefined ? [] : this.#loading.end(ref);
      const effects = typeof reply !== "string" && reply.patch ? this.#frame(reply.patch) : undefined;
      elements.forEach(release);
      answered?.(reply, effects);
      // A form that comes back out of the browser's cache asks still, and is posted when it is submitted again.
      if (kind === "submit") this.#postTriggered();
      stop?.();
    };
  }

  /** What the frame asked for beside the patch, once that was carried out. */
  #frame(patch: ReadPatch): Effects | undefined {
    try {
      const { seq, ops, size } = patch();
      // A replayed frame that was applied before the connection went.
      if (seq <= this.#acks.applied) return undefined;
      log(this.id, "update", "received diff", ops);
      const effects = this.#page.patch(ops);
      this.#acks.frameApplied(seq, size);
      if (this.#recovery) return void this.#effects.push(effects);
      this.#carryOut(effects);
      if (ops.some(mayTrigger)) this.#postTriggered();
      this.#nested.tend(ops.some(mayNest));
      return effects;
    } catch (error) {
      this.#rejoinFresh(error);
      return undefined;
    }
  }

  /** Leaves the page by a form that asks for it, when all that the answer brought is done. */
  #postTriggered(): void {
    if (this.#held) return;
    const form = takeTriggered(this.el);
    if (!form) return;
    queueMicrotask(() => {
      this.context.leavePage();
      submitNatively(form);
    });
  }

  #carryOut(effects: Effects): void {
    if (this.#held) return void this.#held.push(effects);
    const { title, events, patched, leave } = effects;
    const { navigation } = this.context;
    if (title !== undefined) setTitle(title);
    for (const { name, payload } of events) window.dispatchEvent(new CustomEvent(`phx:${name}`, { detail: payload }));
    for (const { to, kind } of patched) navigation.patched(to, kind);
    if (leave?.kind) navigation.navigate(leave.to, leave.kind, leave.flash);
    else if (leave) navigation.redirect(leave.to, leave.flash);
  }
}

/** Whether the edit may bring a nested view. */
function mayNest(op: Op): boolean {
  return op[0] === "set" && op[2] === SESSION;
}

/** Whether the edit may bring a form that asks to be posted. */
function mayTrigger(op: Op): boolean {
  return op[0] === "load" || (op[0] === "set" && op[2] === TRIGGER);
}
