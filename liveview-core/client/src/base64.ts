// Bytes as text, for what can only carry text.

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  // One call with all of them as arguments would be too many.
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
