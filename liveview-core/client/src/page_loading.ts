// `phx:page-loading-start` and `-stop` on the window. Every start gets its stop, also when what it waited for failed.

export type PageLoadingKind = "initial" | "error" | "element" | "patch" | "redirect";

/** Announces a start; the returned function announces its stop, once. */
export function startPageLoading(kind: PageLoadingKind, to = window.location.href): () => void {
  let stopped = false;
  announce("start", { to, kind });
  return () => {
    if (stopped) return;
    stopped = true;
    announce("stop", { to, kind });
  };
}

function announce(what: "start" | "stop", detail: { to: string; kind: PageLoadingKind }): void {
  window.dispatchEvent(new CustomEvent(`phx:page-loading-${what}`, { detail }));
}
