// Applies the ops of a frame to the nodes of one view. What is not an edit of the page (title, server events) comes back
// as effects, for the view to carry out after the patch.

import { setAttribute } from "./attributes";
import { WireError } from "./bytes";
import { editContent, keepingChoices, settleSelects } from "./controls";
import { contentOf } from "./held_content";
import type { Kind } from "./history";
import type { Op, Path } from "./ops";
import type { NodeTable } from "./table";
import type { Templates } from "./templates";

export interface Effects {
  title: string | undefined;
  patched: { to: string; kind: Kind }[];
  /** To another view if it has a kind, else by a page load. */
  leave: { to: string; kind: Kind | undefined; flash: string } | undefined;
  events: { name: string; payload: unknown }[];
}

/** What the patch needs to know of its surroundings. */
export interface PatchContext {
  readonly table: NodeTable;
  readonly templates: Templates;
  /** The server listens to an event of this name from now on, on some node. */
  listening(event: string): void;
}

export function applyOps(context: PatchContext, ops: readonly Op[]): Effects {
  const patch = new Patch(context);
  const apply = () => ops.forEach((op) => patch.apply(op));
  if (ops.some(isName)) keepingChoices(apply);
  else apply();
  settleSelects();
  return patch.effects;
}

function isName(op: Op): boolean {
  return op[0] === "set" && op[2] === "name";
}

class Patch {
  readonly effects: Effects = { title: undefined, patched: [], leave: undefined, events: [] };
  readonly #stack: Node[] = [];

  constructor(private readonly context: PatchContext) {}

  apply(op: Op): void {
    const { table, templates } = this.context;
    switch (op[0]) {
      case "template": return templates.define(op[1], op[2]);
      case "load": return this.#create(op[3], templates.load(op[1], op[2]));
      case "assign": return table.set(op[2], this.#at(op[1]));
      case "create_text": return this.#create(op[1], document.createTextNode(op[2]));
      case "placeholder": return this.#create(op[1], document.createComment(""));
      case "push": return void this.#stack.push(table.get(op[1]));
      case "text": return setText(table.get(op[1]), op[2]);
      case "set": return setAttribute(table.element(op[1]), op[2], op[3], op[4]);
      case "unset": return setAttribute(table.element(op[1]), op[2], op[3], null);
      case "listen": return this.#listen(table.get(op[1]), op[2]);
      case "unlisten": return table.unlisten(table.get(op[1]), op[2]);
      case "title": return void (this.effects.title = op[1]);
      case "redirect": return void (this.effects.leave = { to: op[1], kind: undefined, flash: op[2] });
      case "navigate": return void (this.effects.leave = { to: op[1], kind: kindOf(op[2]), flash: op[3] });
      case "patched": return void this.effects.patched.push({ to: op[1], kind: kindOf(op[2]) });
      case "event": return void this.effects.events.push({ name: op[1], payload: op[2] });
      default: return this.#move(op);
    }
  }

  /** Ops that put nodes into the page or take them out. An op of another name fails here, for it names no node. */
  #move(op: Extract<Op, readonly ["append" | "replace" | "fill" | "after" | "before" | "remove", ...unknown[]]>): void {
    const { table } = this.context;
    if (op[0] === "remove") return remove(table.get(op[1]));
    const nodes = this.#pop(op[2]);
    if (op[0] === "append") return place(contentOf(table.get(op[1])), nodes, null);
    const anchor = op[0] === "fill" ? this.#at(op[1]) : table.get(op[1]);
    const parent = anchor.parentNode;
    if (!parent) throw new WireError("node without a parent");
    place(parent, nodes, op[0] === "after" ? anchor.nextSibling : anchor);
    if (op[0] === "replace" || op[0] === "fill") remove(anchor);
  }

  #create(id: number, node: Node): void {
    this.context.table.set(id, node);
    this.#stack.push(node);
  }

  #listen(node: Node, event: string): void {
    this.context.table.listen(node, event);
    this.context.listening(event);
  }

  #pop(count: number): Node[] {
    if (count > this.#stack.length) throw new WireError("too few nodes");
    return this.#stack.splice(this.#stack.length - count);
  }

  #at(path: Path): Node {
    let node = this.#stack.at(-1);
    for (const index of path) node = node && contentOf(node).childNodes[index];
    if (!node) throw new WireError("path to no node");
    return node;
  }
}

function kindOf(replace: number): Kind {
  return replace ? "replace" : "push";
}

function setText(node: Node, text: string): void {
  if (!(node instanceof CharacterData)) throw new WireError("node is no text");
  editContent(node.parentNode, () => {
    node.data = text;
  });
}

function remove(node: Node): void {
  editContent(node.parentNode, () => node.parentNode?.removeChild(node));
}

type Mover = ParentNode & { moveBefore?: (node: Node, before: Node | null) => void };

/** Inserts the nodes in order. Where the browser can, a node that is already in the page moves without losing its state. */
export function place(parent: Node, nodes: readonly Node[], before: Node | null): void {
  // The anchor may itself be among the nodes that move.
  let anchor = before;
  while (anchor && nodes.includes(anchor)) anchor = anchor.nextSibling;
  const { moveBefore } = parent as Mover;
  editContent(parent, () => {
    for (const node of nodes) {
      if (moveBefore && node.isConnected && parent.isConnected) moveBefore.call(parent, node, anchor);
      else parent.insertBefore(node, anchor);
    }
  });
}
