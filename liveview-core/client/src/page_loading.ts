// `phx:page-loading-start` and `-stop` on the window. Every start gets its stop, also when what it waited for failed.

export type PageLoadingKind = "initial" | "error" | "element" | "patch" | "redirect";

/** Announces a start; the returned function announces its stop, once. `of` says of what: the URL, or the element that pushed. */
export function startPageLoading(kind: PageLoadingKind, of: object = { to: window.location.href }): () => void {
  let stopped = false;
  announce("start", { ...of, kind });
  return () => {
    if (stopped) return;
    stopped = true;
    announce("stop", { ...of, kind });
  };
}

function announce(what: "start" | "stop", detail: object): void {
  window.dispatchEvent(new CustomEvent(`phx:page-loading-${what}`, { detail }));
}
