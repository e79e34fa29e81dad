// One WebSocket that comes back: heartbeat, back-off, and the page's visibility. Knows no views: a delegate is told
// when it opened, when it closed and what arrived. Nothing is sent while it is closed, and nothing is queued.

import { Backoff } from "./backoff";
import { HEARTBEAT_INTERVAL, RECONNECT_AFTER } from "./constants";
import { DelayLine } from "./latency";
import { decode, encodeText, type Incoming, type Outgoing } from "./protocol";

export interface SocketDelegate {
  socketOpened(): void;
  socketClosed(): void;
  socketReceived(message: Incoming): void;
}

export class Socket {
  #connection: WebSocket | undefined;
  #wanted = false;
  #ref = 0;
  #heartbeat: number | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #backoff = new Backoff(RECONNECT_AFTER);
  readonly #up = new DelayLine<Outgoing>((data) => this.#connection?.send(data));
  readonly #down = new DelayLine<string | ArrayBuffer>((data) => this.#receive(data));

  constructor(
    private readonly url: () => string,
    private readonly delegate: SocketDelegate,
  ) {}

  get isConnected(): boolean {
    return this.#connection?.readyState === WebSocket.OPEN;
  }

  /** Whether somebody wants it open, though it may not be just now. */
  get isWanted(): boolean {
    return this.#wanted;
  }

  /** Opens the socket and keeps it open. Does nothing while one is open or opening. */
  connect(): void {
    document.addEventListener("visibilitychange", this.#visibilityChanged);
    this.#wanted = true;
    if (!this.#connection) this.#open();
  }

  /** Closes the socket for good; `closed` is called when it is closed. */
  disconnect(closed?: () => void): void {
    document.removeEventListener("visibilitychange", this.#visibilityChanged);
    this.#wanted = false;
    clearTimeout(this.#retry);
    const connection = this.#connection;
    if (!connection) return closed?.();
    connection.addEventListener("close", () => closed?.());
    connection.close(1000);
  }

  /** A number that no other message of this socket has. */
  nextRef(): number {
    this.#ref += 1;
    return this.#ref;
  }

  send(data: Outgoing): void {
    if (this.isConnected) this.#up.push(data);
  }

  #open(): void {
    clearTimeout(this.#retry);
    const connection = new WebSocket(this.url());
    connection.binaryType = "arraybuffer";
    connection.addEventListener("open", () => this.#opened());
    connection.addEventListener("close", () => this.#closed(connection));
    connection.addEventListener("message", (event) => this.#down.push(event.data as string | ArrayBuffer));
    this.#connection = connection;
  }

  #opened(): void {
    this.#backoff.reset();
    this.#heartbeat = undefined;
    this.#beat = setInterval(() => this.#sendHeartbeat(), HEARTBEAT_INTERVAL);
    this.delegate.socketOpened();
  }

  #closed(connection: WebSocket): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    clearInterval(this.#beat);
    this.#up.clear();
    this.#down.clear();
    this.delegate.socketClosed();
    if (this.#wanted) this.#retryLater();
  }

  /** A hidden tab makes no attempts; `#visibilityChanged` makes one as soon as it is seen again. */
  #retryLater(): void {
    if (document.visibilityState === "hidden") return;
    this.#retry = setTimeout(() => this.#open(), this.#backoff.next());
  }

  #visibilityChanged = (): void => {
    clearTimeout(this.#retry);
    if (document.visibilityState === "hidden" || !this.#wanted || this.#connection) return;
    this.#backoff.reset();
    this.#open();
  };

  #sendHeartbeat(): void {
    if (this.#heartbeat) return this.#giveUp();
    this.#heartbeat = this.nextRef();
    this.send(encodeText(null, this.#heartbeat, "phoenix", "heartbeat", {}));
  }

  /** The other side is gone without a word. `close` could wait for its answer, so the socket counts as closed now. */
  #giveUp(): void {
    const connection = this.#connection;
    if (!connection) return;
    connection.close(1000, "heartbeat timeout");
    this.#closed(connection);
  }

  #receive(data: string | ArrayBuffer): void {
    const message = decode(data);
    if (message.kind === "reply" && message.ref === this.#heartbeat) this.#heartbeat = undefined;
    else this.delegate.socketReceived(message);
  }
}
