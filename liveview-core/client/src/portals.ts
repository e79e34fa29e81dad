// Portals: content that is shown elsewhere in the page than it was rendered. The server renders it as the one element in a
// `<template data-phx-portal="selector">`; here it moves to what the selector finds. The nodes are the same ones before and after, so the
// server's edits reach them wherever they are, and nothing has to be copied.

import { applyStyles } from "./attributes";
import { PORTAL, TELEPORTED } from "./constants";
import { idOf, isTemplate } from "./dom";
import { place } from "./patch";
import { containerOf, elementsOf, noteTeleported, wrapperOf } from "./teleported";

const SELECTOR = `template[${PORTAL}]`;

/** The templates of portals in the page, of all views: those around others first. */
const portals = new Set<HTMLTemplateElement>();
/** The selector by which the target of what is shown was found. */
const targets = new WeakMap<Element, string>();

/**
 * Shows what portals have to show, and takes away that of portals which are gone. New ones are looked for in `container`, if it
 * is given: the page of one view, with all that it has teleported.
 */
export function settlePortals(container?: Element | null): void {
  if (container) find(elementsOf(container, SELECTOR));
  sweep();
  // The target of one may be in what another shows.
  while ([...portals].filter(show).length > 0);
}

function find(templates: readonly Element[]): void {
  for (const template of templates) if (isTemplate(template)) portals.add(template);
}

/** Removing one may take others with it, whose templates are inside. */
function sweep(): void {
  for (const template of portals) {
    if (template.isConnected) continue;
    portals.delete(template);
    wrapperOf(template)?.remove();
  }
}

/** Whether the portal's content was moved. Where it is shown it stays, until that is gone or the server names another target. */
function show(template: HTMLTemplateElement): boolean {
  const selector = template.getAttribute(PORTAL) ?? "";
  const wrapper = wrapperOf(template) ?? template.content.firstElementChild;
  if (!wrapper || (wrapper.isConnected && targets.get(wrapper) === selector)) return false;
  const target = query(template, selector);
  if (!target || wrapper.contains(target)) return false;
  targets.set(wrapper, selector);
  wrapper.setAttribute(TELEPORTED, idOf(template));
  place(target, [wrapper], null);
  noteTeleported(template, wrapper);
  applyStyles(wrapper);
  const container = containerOf(template);
  find([...wrapper.querySelectorAll(SELECTOR)].filter((inner) => containerOf(inner) === container));
  return true;
}

/** The portal of what is no selector is given up, with an error: nothing that comes into the page could change that. */
function query(template: HTMLTemplateElement, selector: string): Element | null {
  try {
    return document.querySelector(selector);
  } catch (error) {
    console.error(error);
    portals.delete(template);
    return null;
  }
}
