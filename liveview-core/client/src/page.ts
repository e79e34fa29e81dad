// The nodes of one view: adopted from the first HTML or merged from a fresh render, then patched frame by frame.

import { adopt } from "./adoption";
import { applyStyles } from "./attributes";
import { PORTAL } from "./constants";
import { rememberClasses } from "./classes";
import { keepingFocus } from "./focus";
import { merge, type MergeOptions } from "./merge";
import type { Op } from "./ops";
import { applyOps, type Effects } from "./patch";
import { settlePortals } from "./portals";
import { NodeTable } from "./table";
import { descendants, parentOf } from "./teleported";
import type { Templates } from "./templates";

/** A page that was built beside the live one, and has yet to be merged into it. */
interface Prepared {
  readonly root: Element;
  readonly table: NodeTable;
}

export class Page {
  #table: NodeTable;
  #prepared: Prepared | undefined;

  constructor(
    private readonly container: Element,
    private readonly templates: Templates,
    private readonly listening: (event: string) => void,
  ) {
    this.#table = new NodeTable(container);
    // What the page shows before any script touched it is the server's.
    descendants(container, "[class]").forEach(rememberClasses);
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
    settlePortals(this.container);
  }

  /** Builds the page that `ops` make from nothing beside the live one. Until `finish`, it is what patches are applied to. */
  prepare(ops: readonly Op[]): Effects {
    const root = document.createElement(this.container.localName);
    this.#prepared = { root, table: new NodeTable(root) };
    return this.patch(ops);
  }

  /** The root of the page that was prepared, if one is. */
  get prepared(): Element | undefined {
    return this.#prepared?.root;
  }

  /** Merges the page that was prepared into the live one. */
  finish(options: MergeOptions): void {
    const prepared = this.#prepared;
    if (!prepared) return;
    this.#prepared = undefined;
    const { root, table } = prepared;
    keepingFocus(() => {
      const kept = new Map(merge(this.container, root, options));
      table.repoint(kept.set(root, this.container));
      settlePortals(this.container);
    });
    this.#table = table;
  }

  /** Forgets the page that was prepared. */
  abandon(): void {
    this.#prepared = undefined;
  }

  patch(ops: readonly Op[]): Effects {
    const { templates, listening } = this;
    const apply = (table: NodeTable) => applyOps({ table, templates, listening }, ops);
    if (this.#prepared) return apply(this.#prepared.table);
    return keepingFocus(() => {
      const effects = apply(this.#table);
      settlePortals(ops.some(mayBePortal) ? this.container : null);
      return effects;
    });
  }

  /** The innermost element at or above `target` on which the server listens to this event, with its id. */
  listener(target: Element, event: string, bubbles: boolean): { el: Element; id: number } | undefined {
    for (let el: Element | null = target; el !== null; el = bubbles ? parentOf(el) : null) {
      const id = this.#table.listensTo(el, event) ? this.#table.idOf(el) : undefined;
      if (id !== undefined) return { el, id };
      if (el === this.container) break;
    }
    return undefined;
  }
}

/** Whether the edit may bring a portal, or give one another target. */
function mayBePortal(op: Op): boolean {
  return op[0] === "set" && op[2] === PORTAL;
}
