// One WebSocket that comes back: heartbeat, back-off, and the page's visibility. Knows no views: a delegate is told
// when it opened, when it closed and what arrived. Nothing is sent while it is closed, and nothing is queued.
//
// Where the first one does not open, polls take its place; where they do open, they keep it for as long as the tab is open.

import { Backoff } from "./backoff";
import { HEARTBEAT_INTERVAL, RECONNECT_AFTER, STORAGE_POLLS } from "./constants";
import { DelayLine } from "./latency";
import { decode, encodeText, type Incoming, type Outgoing } from "./protocol";
import { load, save } from "./storage";

export interface SocketDelegate {
  socketOpened(): void;
  socketClosed(): void;
  socketReceived(message: Incoming): void;
}

/** What a `WebSocket` and polls have in common. */
interface Connection extends EventTarget {
  readonly readyState: number;
  send(data: Outgoing): void;
  close(code?: number, reason?: string): void;
}

export interface Fallback {
  /** Milliseconds. */
  readonly after: number;
  /** Loads what polls are made by. */
  readonly load: () => Promise<new (url: string) => Connection>;
}

export class Socket {
  #connection: Connection | undefined;
  #wanted = false;
  /** A WebSocket has opened: where one does not, the server is away. */
  #proven = false;
  #polls = load("sessionStorage", STORAGE_POLLS) !== null;
  #falling = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #ref = 0;
  #heartbeat: number | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #backoff = new Backoff(RECONNECT_AFTER);
  readonly #up = new DelayLine<Outgoing>((data) => this.#connection?.send(data));
  readonly #down = new DelayLine<string | ArrayBuffer>((data) => this.#receive(data));

  constructor(
    private readonly url: (transport: "websocket" | "longpoll") => string,
    private readonly delegate: SocketDelegate,
    private readonly fallback?: Fallback,
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
    this.#openUnlessOpen();
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

  #openUnlessOpen(): void {
    if (this.#connection || this.#falling) return;
    clearTimeout(this.#retry);
    if (this.fallback && this.#polls) return void this.#fallBack(this.fallback);
    const connection = new WebSocket(this.url("websocket"));
    connection.binaryType = "arraybuffer";
    this.#take(connection);
    if (!this.fallback || this.#proven) return;
    this.#patience = setTimeout(() => this.#drop("no WebSocket"), this.fallback.after);
  }

  async #fallBack({ load }: Fallback): Promise<void> {
    this.#falling = true;
    const Polls = await load().catch(() => undefined);
    this.#falling = false;
    if (!this.#wanted) return;
    if (Polls) this.#take(new Polls(this.url("longpoll")));
    else this.#retryLater();
  }

  #take(connection: Connection): void {
    connection.addEventListener("open", () => this.#opened(connection));
    connection.addEventListener("close", () => this.#closed(connection));
    connection.addEventListener("message", (event) => this.#down.push((event as MessageEvent<string | ArrayBuffer>).data));
    this.#connection = connection;
  }

  #opened(connection: Connection): void {
    clearTimeout(this.#patience);
    if (connection instanceof WebSocket) this.#proven = true;
    else save("sessionStorage", STORAGE_POLLS, String((this.#polls = true)));
    this.#backoff.reset();
    this.#heartbeat = undefined;
    this.#beat = setInterval(() => this.#sendHeartbeat(), HEARTBEAT_INTERVAL);
    this.delegate.socketOpened();
  }

  #closed(connection: Connection): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    clearTimeout(this.#patience);
    clearInterval(this.#beat);
    this.#up.clear();
    this.#down.clear();
    this.delegate.socketClosed();
    if (!this.#wanted) return;
    const isFirst = connection instanceof WebSocket && !this.#proven;
    if (this.fallback && isFirst) void this.#fallBack(this.fallback);
    else this.#retryLater();
  }

  /** A hidden tab makes no attempts; `#visibilityChanged` makes one as soon as it is seen again. */
  #retryLater(): void {
    if (document.visibilityState === "hidden") return;
    this.#retry = setTimeout(() => this.#openUnlessOpen(), this.#backoff.next());
  }

  #visibilityChanged = (): void => {
    clearTimeout(this.#retry);
    if (document.visibilityState === "hidden" || !this.#wanted || this.#connection) return;
    this.#backoff.reset();
    this.#openUnlessOpen();
  };

  #sendHeartbeat(): void {
    if (this.#heartbeat) return this.#drop("heartbeat timeout");
    this.#heartbeat = this.nextRef();
    this.send(encodeText(null, this.#heartbeat, "phoenix", "heartbeat", {}));
  }

  /** The other side is gone without a word. `close` could wait for its answer, so the socket counts as closed now. */
  #drop(why: string): void {
    const connection = this.#connection;
    if (!connection) return;
    connection.close(1000, why);
    this.#closed(connection);
  }

  #receive(data: string | ArrayBuffer): void {
    const message = decode(data);
    if (message.kind === "reply" && message.ref === this.#heartbeat) this.#heartbeat = undefined;
    else this.delegate.socketReceived(message);
  }
}
