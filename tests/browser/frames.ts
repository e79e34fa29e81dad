import type { Page } from "@playwright/test";

type Payload = Record<string, unknown>;

/** What a page's sockets said, in both directions. Text frames are parsed; binary ones are kept as they are. */
export class Frames {
  readonly sent: (string | Buffer)[] = [];
  readonly received: (string | Buffer)[] = [];
  readonly urls: string[] = [];

  /** To be called before the page is opened. */
  constructor(page: Page) {
    page.on("websocket", (socket) => {
      this.urls.push(socket.url());
      socket.on("framesent", ({ payload }) => this.sent.push(payload));
      socket.on("framereceived", ({ payload }) => this.received.push(payload));
    });
  }

  /** The binary frames of one kind that the page sent. */
  sentOfKind(kind: number): Buffer[] {
    return ofKind(this.sent, kind);
  }

  receivedOfKind(kind: number): Buffer[] {
    return ofKind(this.received, kind);
  }

  /** The payloads of the text messages of one event that the page sent. */
  sentPayloads(event: string): Payload[] {
    return payloads(this.sent, event);
  }

  receivedPayloads(event: string): Payload[] {
    return payloads(this.received, event);
  }

  /** The forms that the page sent, urlencoded. */
  forms(): string[] {
    return this.sentPayloads("event").map((payload) => String(payload["value"]));
  }
}

function ofKind(frames: (string | Buffer)[], kind: number): Buffer[] {
  return frames.filter((frame) => typeof frame !== "string").filter((frame) => frame[0] === kind);
}

function payloads(frames: (string | Buffer)[], wanted: string): Payload[] {
  const found: Payload[] = [];
  for (const frame of frames) {
    if (typeof frame !== "string") continue;
    const [, , , event, payload] = JSON.parse(frame) as [string, string, string, string, Payload];
    if (event === wanted) found.push(payload);
  }
  return found;
}
