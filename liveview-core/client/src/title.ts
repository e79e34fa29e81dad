// The page's title: the server sends the middle, the `<title>` knows what goes around it.

export function setTitle(title: string): void {
  const { prefix = "", suffix = "", default: fallback = "" } = document.querySelector<HTMLElement>("title")?.dataset ?? {};
  document.title = `${prefix}${title || fallback}${suffix}`;
}
