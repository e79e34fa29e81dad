// What a page speaks where no WebSocket gets through: requests that wait for messages, and requests that push some
// (`Phoenix.Transports.LongPoll`). To its owner it is what a `WebSocket` is. A file of its own, for few pages need it.

import { fromBase64, toBase64 } from "./base64";

/** What goes into one request: so many messages, and so many characters unless it is one message. */
const MAX_MESSAGES = 100;
const MAX_LENGTH = 65_536;

interface Answer {
  readonly status: number;
  readonly token?: string;
  readonly messages?: readonly string[];
}

export class LongPoll extends EventTarget {
  readyState: number = WebSocket.CONNECTING;
  #token = "";
  #waiting: string[] = [];
  #pushing: Promise<void> | undefined;
  readonly #left = new AbortController();

  constructor(private readonly url: string) {
    super();
    void this.#poll();
  }

  send(data: string | Uint8Array): void {
    this.#waiting.push(typeof data === "string" ? data : toBase64(data));
    // One request at a time, so that messages keep their order; what is sent in one turn goes together.
    this.#pushing ??= Promise.resolve().then(() => this.#push());
  }

  /** What was sent before is pushed still. */
  close(): void {
    if (this.readyState > WebSocket.OPEN) return;
    this.readyState = WebSocket.CLOSING;
    void Promise.resolve(this.#pushing).then(() => {
      this.#end();
      if (this.#token) this.#ask("DELETE", { keepalive: true }).catch(() => {});
    });
  }

  async #poll(): Promise<void> {
    try {
      while (this.readyState <= WebSocket.OPEN) {
        const { status, token, messages = [] } = await this.#ask("GET", { signal: this.#left.signal });
        if (status === 410 && token && this.readyState === WebSocket.CONNECTING) this.#opened(token);
        else if (status !== 200 && status !== 204) break;
        for (const message of messages) this.#tell(message);
      }
    } catch {
      // The server is away, or what answered is none.
    }
    this.#end();
  }

  async #push(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const { status } = await this.#ask("POST", { body: this.#batch(), headers: { "content-type": "application/x-ndjson" } });
        if (status !== 200) return this.#end();
      }
    } catch {
      this.#end();
    } finally {
      this.#pushing = undefined;
    }
  }

  #batch(): string {
    let count = 0;
    for (let length = 0; count < Math.min(this.#waiting.length, MAX_MESSAGES); count += 1) {
      length += this.#waiting[count]!.length;
      if (count > 0 && length > MAX_LENGTH) break;
    }
    return this.#waiting.splice(0, count).join("\n");
  }

  async #ask(method: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(`${this.url}&token=${encodeURIComponent(this.#token)}`, { ...init, method, cache: "no-store" });
    return (await response.json()) as Answer;
  }

  #opened(token: string): void {
    this.#token = token;
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  /** A text frame is JSON in an array; what else there is, is base64. */
  #tell(message: string): void {
    const data = message.startsWith("[") ? message : fromBase64(message).buffer;
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  #end(): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#waiting = [];
    this.#left.abort();
    this.dispatchEvent(new Event("close"));
  }
}
