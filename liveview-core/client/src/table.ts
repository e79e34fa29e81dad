// The nodes of one view by the ids that the server knows them by, and the events that it listens to on them. Node 0 is
// the container. An id that the server uses again simply names another node from then on.

import { WireError } from "./bytes";
import { rememberClasses } from "./classes";
import { isElement } from "./dom";

export class NodeTable {
  #nodes = new Map<number, Node>();
  #ids = new WeakMap<Node, number>();
  #listened = new WeakMap<Node, Set<string>>();

  constructor(container: Element) {
    this.#nodes.set(0, container);
    this.#ids.set(container, 0);
  }

  get(id: number): Node {
    const node = this.#nodes.get(id);
    if (!node) throw new WireError(`unknown node ${id}`);
    return node;
  }

  element(id: number): Element {
    const node = this.get(id);
    if (!isElement(node)) throw new WireError(`no element ${id}`);
    return node;
  }

  set(id: number, node: Node): void {
    this.#nodes.set(id, node);
    this.#ids.set(node, id);
    if (isElement(node)) rememberClasses(node);
  }

  idOf(node: Node): number | undefined {
    const id = this.#ids.get(node);
    return id !== undefined && this.#nodes.get(id) === node ? id : undefined;
  }

  listen(node: Node, event: string): void {
    const events = this.#listened.get(node) ?? new Set();
    this.#listened.set(node, events.add(event));
  }

  unlisten(node: Node, event: string): void {
    this.#listened.get(node)?.delete(event);
  }

  listensTo(node: Node, event: string): boolean {
    return this.#listened.get(node)?.has(event) ?? false;
  }

  /** After a merge: the ids and listeners of the nodes in `kept` now belong to the nodes that stand for them. */
  repoint(kept: ReadonlyMap<Node, Node>): void {
    for (const [id, node] of this.#nodes) {
      const live = kept.get(node) ?? node;
      this.#nodes.set(id, live);
      this.#ids.set(live, id);
    }
    for (const [fresh, live] of kept) {
      const events = this.#listened.get(fresh);
      if (events) this.#listened.set(live, events);
    }
  }
}
