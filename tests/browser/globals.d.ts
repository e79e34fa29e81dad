// What a page offers to scripts (and to these tests); the names are the client's public interface.

interface BennuJs {
  push(element: Element, event: string, options?: { value?: unknown }): Promise<unknown>;
}

interface BennuSocket {
  main: { el: HTMLElement };
  connect(): void;
  disconnect(callback?: () => void): void;
  isConnected(): boolean;
  isUnloaded(): boolean;
  enableLatencySim(milliseconds: number): void;
  disableLatencySim(): void;
  js(): BennuJs;
}

interface Window {
  Bennu: { LiveSocket: new (url: string, options: { params?: () => Record<string, unknown> }) => BennuSocket };
  liveSocket: BennuSocket;
  /** Free for a test to leave something behind, for example to see whether the page was reloaded. */
  mark: unknown;
}
