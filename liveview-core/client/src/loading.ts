// Loading states: what an element shows while a push that it caused is unanswered. Each push has a number that counts from
// 0 in its view; an element keeps a state for each of its pushes, and an answer undoes that push's part only.

import { removeClass } from "./classes";
import { OLD_DISABLED, OLD_READONLY, OLD_TEXT, REF_LOADING, REF_LOCK, REF_SRC } from "./constants";
import { writeAttribute } from "./dom";
import { silently } from "./focus";
import { replaceContent, restoreContent } from "./held_content";
import { cover, isCovered, uncover } from "./overlay";

export interface Mark {
  readonly el: Element;
  /** The person's part of the element (what is typed, checked, chosen) is theirs until the answer. */
  readonly lock: boolean;
  /** Shows `phx-<kind>-loading`, and `phx-disable-with` if the element has it. */
  readonly shown: boolean;
  readonly disable?: boolean;
  readonly readonly?: boolean;
}

interface State {
  readonly ref: number;
  readonly kind: string;
  readonly mark: Mark;
  readonly undo: readonly (() => void)[];
}

const states = new WeakMap<Element, State[]>();

/** Whether the element waits for the answer to a push of this kind. */
export function isLoading(el: Element, kind: string): boolean {
  return states.get(el)?.some((state) => state.kind === kind) ?? false;
}

export class LoadingStates {
  #next = 0;
  readonly #marked = new Map<number, readonly Element[]>();

  constructor(private readonly source: string) {}

  /** Marks the elements, in order, and returns the number to end it with. */
  begin(kind: string, marks: readonly Mark[]): number {
    const ref = this.#next;
    this.#next += 1;
    for (const mark of marks) this.#mark(ref, kind, mark);
    this.#marked.set(ref, marks.map(({ el }) => el));
    return ref;
  }

  /** Undoes what `begin` did and returns the elements it was done to. */
  end(ref: number): readonly Element[] {
    const elements = this.#marked.get(ref) ?? [];
    this.#marked.delete(ref);
    for (const el of elements) this.#unmark(el, ref);
    return elements;
  }

  endAll(): readonly Element[] {
    return [...this.#marked.keys()].flatMap((ref) => this.end(ref));
  }

  #mark(ref: number, kind: string, mark: Mark): void {
    const { el } = mark;
    const undo = mark.shown ? [...disableWith(el)] : [];
    if (mark.disable) undo.push(coverFlag(el, "disabled", OLD_DISABLED));
    if (mark.readonly) undo.push(coverFlag(el, "readonly", OLD_READONLY));
    if (mark.shown) el.classList.add(`phx-${kind}-loading`);
    states.set(el, [...(states.get(el) ?? []), { ref, kind, mark, undo }]);
    this.#show(el);
  }

  #unmark(el: Element, ref: number): void {
    const all = states.get(el) ?? [];
    const left = all.filter((state) => state.ref !== ref);
    states.set(el, left);
    for (const { kind, undo } of all.filter((state) => state.ref === ref)) {
      undo.forEach((step) => step());
      if (!left.some((state) => state.kind === kind && state.mark.shown)) removeClass(el, `phx-${kind}-loading`);
    }
    this.#show(el);
  }

  #show(el: Element): void {
    const all = states.get(el) ?? [];
    const last = (chosen: State[]) => chosen.at(-1)?.ref.toString() ?? null;
    writeAttribute(el, REF_LOADING, last(all));
    writeAttribute(el, REF_LOCK, last(all.filter(({ mark }) => mark.lock)));
    writeAttribute(el, REF_SRC, all.length > 0 ? this.source : null);
  }
}

/** Shows the element disabled or read-only; the page can see in `note` what it was before. A focus that this took away comes back. */
function coverFlag(el: Element, name: string, note: string): () => void {
  const hadFocus = document.activeElement === el;
  if (!isCovered(el, name)) el.setAttribute(note, String(el.hasAttribute(name)));
  cover(el, name, "");
  return () => {
    uncover(el, name);
    if (isCovered(el, name)) return;
    el.removeAttribute(note);
    if (hadFocus && document.activeElement === document.body) silently(() => (el as HTMLElement).focus({ preventScroll: true }));
  };
}

function disableWith(el: Element): (() => void)[] {
  const text = el.getAttribute("phx-disable-with");
  if (text === null) return [];
  const enable = coverFlag(el, "disabled", OLD_DISABLED);
  if (text === "") return [enable];
  if (!el.hasAttribute(OLD_TEXT)) el.setAttribute(OLD_TEXT, el.textContent ?? "");
  replaceContent(el, text);
  return [
    enable,
    () => {
      if (restoreContent(el)) el.removeAttribute(OLD_TEXT);
    },
  ];
}
