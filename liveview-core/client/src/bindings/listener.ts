// Dioxus listeners (`onclick` and its like): events on the nodes that the server listens to, sent once from the innermost
// such node, since the server bubbles them by itself. Events that come in streams (moves, scrolling) wait for the answer
// to the last one, and only the newest of those that waited is sent.

import { isElement } from "../dom";
import { isSilent } from "../focus";
import type { ListenerPush } from "../protocol";
import { serializeEvent } from "../serialize_event";
import { containerOf, parentOf } from "../teleported";
import type { View } from "../view";
import { WindowObserver, type Owner } from "./binding";

const STREAMS = /^((mouse|pointer|touch)move|wheel|scroll|drag|dragover|timeupdate)$/;
/** Without these, a form would reload the page, and a drop would not happen at all. */
const PREVENTED = /^(submit|dragover|drop)$/;

export class ListenerBinding extends WindowObserver {
  readonly #events = new Set<string>();
  /** For each stream in flight: the newest event that waits, if any. */
  readonly #streams = new Map<string, ListenerPush | undefined>();

  constructor(private readonly owner: Owner) {
    super({});
  }

  override start(): void {
    super.start();
    this.#events.forEach((event) => this.#add(event));
  }

  /** Some node listens to this event from now on. */
  listen(event: string): void {
    if (this.#events.has(event)) return;
    this.#events.add(event);
    this.#add(event);
  }

  #add(event: string): void {
    this.listenTo(event, this.#captured, true);
    this.listenTo(event, this.#bubbled);
  }

  /** Events that do not bubble pass the window on their way down only. */
  #captured = (event: Event): void => {
    if (!event.bubbles) this.#happened(event);
  };

  #bubbled = (event: Event): void => {
    if (event.bubbles) this.#happened(event);
  };

  #happened(event: Event): void {
    const { target, type } = event;
    if (!isElement(target) || (isSilent() && event instanceof FocusEvent)) return;
    const { view, found } = this.#innermost(target, type, event.bubbles) ?? {};
    if (!view || !found) {
      // In a page that is left the browser does not post it either.
      if (type === "submit" && containerOf(target) && !this.owner.viewOf(target)) event.preventDefault();
      return;
    }
    if (PREVENTED.test(type)) event.preventDefault();
    const push = { node: found.id, event: type, data: serializeEvent(event, found.el) };
    if (STREAMS.test(type)) this.#stream(view, push);
    else view.pushListener(push, () => undefined);
  }

  /** Of the view that the target belongs to, or one around it. */
  #innermost(target: Element, type: string, bubbles: boolean) {
    let el: Element | null = target;
    // A container is a node of the view around it.
    for (let within: Element | null = target; within && el; within = el && parentOf(el)) {
      const view = this.owner.viewOf(within);
      const found = view?.page.listener(el, type, bubbles);
      if (found) return { view, found };
      el = bubbles ? containerOf(within) : null;
    }
    return undefined;
  }

  #stream(view: View, push: ListenerPush): void {
    const key = `${view.id} ${push.node} ${push.event}`;
    if (this.#streams.has(key)) return void this.#streams.set(key, push);
    this.#streams.set(key, undefined);
    const answered = () => {
      const next = this.#streams.get(key);
      this.#streams.delete(key);
      if (next) this.#stream(view, next);
    };
    if (!view.pushListener(push, answered)) this.#streams.delete(key);
  }
}
