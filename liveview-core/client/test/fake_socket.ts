// A WebSocket that the test holds the other end of.

import { Writer } from "../src/bytes";

export class FakeSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static all: FakeSocket[] = [];

  static get last(): FakeSocket {
    return this.all.at(-1)!;
  }

  readyState = FakeSocket.CONNECTING;
  readonly sent: (string | Uint8Array)[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.all.push(this);
  }

  open(): this {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event("open"));
    return this;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    if (this.readyState === FakeSocket.CLOSED) return;
    this.readyState = FakeSocket.CLOSED;
    this.dispatchEvent(new Event("close"));
  }

  receive(data: string | ArrayBuffer): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /** The text messages of this event that were sent: their join reference, reference and payload. */
  pushes(event: string): { joinRef: string; ref: string; topic: string; payload: Record<string, unknown> }[] {
    return this.sent
      .filter((data) => typeof data === "string")
      .map((data) => JSON.parse(data) as [string, string, string, string, Record<string, unknown>])
      .filter((frame) => frame[3] === event)
      .map(([joinRef, ref, topic, , payload]) => ({ joinRef, ref, topic, payload }));
  }

  /** The events of all text messages that were sent, in order. */
  events(): string[] {
    return this.sent.filter((data) => typeof data === "string").map((data) => (JSON.parse(data) as string[])[3]!);
  }

  binary(): number[][] {
    return this.sent.filter((data) => typeof data !== "string").map((data) => [...data]);
  }

  /** Answers the last text push of this event. */
  answer(event: string, response: object, status = "ok"): void {
    const { joinRef, ref, topic } = this.pushes(event).at(-1)!;
    this.receive(JSON.stringify([joinRef, ref, topic, "phx_reply", { status, response }]));
  }

  tell(event: string, payload: object = {}): void {
    const { joinRef, topic } = this.pushes("phx_join").at(-1)!;
    this.receive(JSON.stringify([joinRef, null, topic, event, payload]));
  }

  frame(write: (writer: Writer) => Writer): void {
    this.receive(write(new Writer()).finish().buffer);
  }
}
