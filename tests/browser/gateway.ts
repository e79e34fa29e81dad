import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What becomes of a WebSocket's handshake: an answer that is none, or nothing at all. */
export type Manner = "refuse" | "swallow";

/** A gateway of a company between a browser and its server: HTTP passes, WebSockets do not. */
export class Gateway {
  /** Handshakes that it saw. */
  handshakes = 0;
  /** Polls that have reached the server, and wait there. */
  polls = 0;
  readonly #server = createServer();
  readonly #swallowed = new Set<Duplex>();

  private constructor(
    private target: string,
    manner: Manner,
  ) {
    this.#server.on("request", (from, to) => {
      const onward = request(this.target + from.url, { method: from.method!, headers: from.headers }, (answer) => {
        to.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(to);
      });
      onward.on("error", () => to.destroy());
      to.on("close", () => onward.destroy());
      if (from.method === "GET" && /longpoll\?.*token=./.test(from.url!)) {
        onward.once("finish", () => {
          this.polls += 1;
          onward.once("close", () => (this.polls -= 1));
        });
      }
      from.pipe(onward);
    });
    this.#server.on("upgrade", (_, socket: Duplex) => {
      this.handshakes += 1;
      if (manner === "refuse") return void socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      this.#swallowed.add(socket);
      socket.on("error", () => {});
    });
  }

  static async before(target: string, manner: Manner): Promise<Gateway> {
    const gateway = new Gateway(target, manner);
    gateway.#server.listen(0, "127.0.0.1");
    await once(gateway.#server, "listening");
    return gateway;
  }

  /** From now on it stands before another server. */
  leadTo(target: string): void {
    this.target = target;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#swallowed) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
