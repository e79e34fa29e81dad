// The nodes of one view: adopted from the first HTML or merged from a fresh render, then patched frame by frame.

import { adopt } from "./adoption";
import { applyStyles } from "./attributes";
import { rememberClasses } from "./classes";
import { keepingFocus } from "./focus";
import { merge } from "./merge";
import type { Op } from "./ops";
import { applyOps, type Effects } from "./patch";
import { NodeTable } from "./table";
import type { Templates } from "./templates";

export class Page {
  #table: NodeTable;

  constructor(
    private readonly container: Element,
    private readonly templates: Templates,
    private readonly listening: (event: string) => void,
  ) {
    this.#table = new NodeTable(container);
    // What the page shows before any script touched it is the server's.
    container.querySelectorAll("[class]").forEach(rememberClasses);
    applyStyles(container);
  }

  get table(): NodeTable {
    return this.#table;
  }

  /** Gives the nodes of the first HTML their ids, or throws and leaves the table empty. */
  adopt(program: string, check: number): void {
    const table = new NodeTable(this.container);
    adopt(this.container, program, check, { table, listening: this.listening });
    this.#table = table;
  }

  /** Builds the page that `ops` make from nothing beside the live one, and merges it in. */
  rebuild(ops: readonly Op[], keepTyped: boolean): Effects {
    const detached = document.createElement(this.container.localName);
    const table = new NodeTable(detached);
    const effects = applyOps({ table, templates: this.templates, listening: this.listening }, ops);
    keepingFocus(() => {
      const kept = new Map(merge(this.container, detached, { keepTyped }));
      table.repoint(kept.set(detached, this.container));
    });
    this.#table = table;
    return effects;
  }

  patch(ops: readonly Op[]): Effects {
    const { templates, listening } = this;
    return keepingFocus(() => applyOps({ table: this.#table, templates, listening }, ops));
  }

  /** The innermost element at or above `target` on which the server listens to this event, with its id. */
  listener(target: Element, event: string, bubbles: boolean): { el: Element; id: number } | undefined {
    for (let el: Element | null = target; el !== null; el = bubbles ? el.parentElement : null) {
      const id = this.#table.listensTo(el, event) ? this.#table.idOf(el) : undefined;
      if (id !== undefined) return { el, id };
      if (el === this.container) break;
    }
    return undefined;
  }
}
