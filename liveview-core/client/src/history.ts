// The browser's history as live navigation keeps it. Each entry says how one comes into it (`type`) and how one goes back
// over it (`backType`), whose page it was (`id`), where it stands (`position`) and where the page was scrolled to.

import { STORAGE_POSITION } from "./constants";
import { load, save } from "./storage";

export type Kind = "push" | "replace";
/** `redirect` is Phoenix's word for a navigation between views. */
export type Type = "patch" | "redirect";

export interface Entry {
  readonly type?: Type;
  readonly backType?: Type;
  readonly id?: string;
  readonly position?: number;
  readonly scroll?: number;
}

export interface Move {
  readonly type: Type | undefined;
  readonly direction: "forward" | "backward";
}

export class PageHistory {
  #position = Number(load("sessionStorage", STORAGE_POSITION) ?? 0) || 0;

  /** The page takes scrolling over. An entry that is known already keeps what it knows: the page was loaded again. */
  begin(id: string): void {
    history.scrollRestoration = "manual";
    if (history.state === null) this.#write("replace", { type: "patch", id, position: this.#position });
    else this.#move(entry().position ?? this.#position);
  }

  /** Enters a URL that the page shows now. */
  add(kind: Kind, type: Type, id: string, href: string): void {
    if (href === window.location.href) return;
    if (kind === "push") {
      this.update({ backType: type });
      this.#move(this.#position + 1);
      return this.#write(kind, { type, id, position: this.#position }, href);
    }
    // Whoever comes into this entry comes from where one came from before it was replaced.
    const through = entry().type === "redirect" ? "redirect" : type;
    this.#write(kind, { type: through, id, position: this.#position }, href);
  }

  update(change: Entry): void {
    this.#write("replace", { ...entry(), ...change });
  }

  /** How the browser came from the entry that it was at into one with this state. */
  moveTo({ type, backType, position }: Entry): Move {
    const forward = position !== undefined && position > this.#position;
    return forward ? { type, direction: "forward" } : { type: backType ?? type, direction: "backward" };
  }

  /** Sends the browser from an entry with this state back to the one that it was at, however far that is. */
  undo({ position = this.#position }: Entry): void {
    // Entries that others have made know no place, and going nowhere would load the page again.
    history.go(this.#position - position || 1);
  }

  /** The browser is at this entry now. One that it made itself, for a link to a place in the page, is a new one. */
  arrive(id: string): void {
    const { position } = entry();
    if (position !== undefined) return this.#move(position);
    this.#move(this.#position + 1);
    this.update({ type: "patch", id, position: this.#position });
  }

  #move(position: number): void {
    this.#position = position;
    save("sessionStorage", STORAGE_POSITION, String(position));
  }

  #write(kind: Kind, state: Entry, href = window.location.href): void {
    history[`${kind}State`](state, "", href);
  }
}

export function entry(): Entry {
  return (history.state as Entry | null) ?? {};
}
