// The page's title: the server sends the middle, the `<title>` knows what goes around it.

/** A view without a title shows the default one, where there is one. */
export function resetTitle(): void {
  if (document.querySelector<HTMLElement>("title")?.dataset.default) setTitle("");
}

export function setTitle(title: string): void {
  const { prefix = "", suffix = "", default: fallback = "" } = document.querySelector<HTMLElement>("title")?.dataset ?? {};
  document.title = `${prefix}${title || fallback}${suffix}`;
}
