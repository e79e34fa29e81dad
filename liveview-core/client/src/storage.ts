// `sessionStorage` and `localStorage`, which throw where a browser forbids them: then nothing is kept.

type Kind = "sessionStorage" | "localStorage";

export function load(kind: Kind, key: string): string | null {
  try {
    return window[kind].getItem(key);
  } catch {
    return null;
  }
}

/** Keeps `value`, or forgets the key when it is `null`. */
export function save(kind: Kind, key: string, value: string | null): void {
  try {
    if (value === null) window[kind].removeItem(key);
    else window[kind].setItem(key, value);
  } catch {
    // A full or forbidden store costs a convenience, nothing else.
  }
}
