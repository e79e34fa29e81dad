// A topic on the socket: its join, the pushes that wait for an answer, and what the server says on it. Decides nothing
// about rejoining: the delegate does.

import { PUSH_TIMEOUT } from "./constants";
import {
  encodeAck, encodeEvent, encodeListener, encodeText, eventPayload, listenerPayload,
  type EventPush, type Incoming, type Json, type ListenerPush, type Outgoing, type ReadPatch, type Reply, type Serializer,
} from "./protocol";
import type { Socket } from "./socket";

export interface ChannelDelegate {
  channelReceived(patch: ReadPatch): void;
  /** Another token to join with. */
  channelRenewed(payload: Json): void;
  channelCrashed(payload: Json): void;
  channelClosed(payload: Json): void;
}

/** Why a push got no reply from the view. */
export type Failure = "timeout" | "closed";
export type Answer = (reply: Reply | Failure) => void;

interface Pending {
  readonly answer: Answer;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Channel {
  #joinRef: number | null = null;
  #n: number | undefined;
  readonly #pending = new Map<number, Pending>();

  constructor(
    private readonly socket: Socket,
    private readonly topic: string,
    private readonly serializer: Serializer,
    private readonly delegate: ChannelDelegate,
  ) {}

  get isJoined(): boolean {
    return this.#n !== undefined && this.socket.isConnected;
  }

  /** Joins anew: an earlier join of this topic, and what waited for it, is forgotten. */
  join(payload: Json, answer: Answer): void {
    this.close();
    const ref = this.socket.nextRef();
    this.#joinRef = ref;
    this.#await(ref, (reply) => {
      if (typeof reply !== "string" && reply.ok) this.#n = Number(reply.response.n);
      else if (reply !== "closed") this.close();
      answer(reply);
    });
    this.socket.send(encodeText(ref, ref, this.topic, "phx_join", payload));
  }

  leave(payload: Json = {}): void {
    if (this.#joinRef === null) return;
    this.socket.send(encodeText(this.#joinRef, this.socket.nextRef(), this.topic, "phx_leave", payload));
    this.close();
  }

  /** Forgets the join: what waits for an answer will get none. */
  close(): void {
    this.#joinRef = null;
    this.#n = undefined;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { answer, timer } of waiting) {
      clearTimeout(timer);
      answer("closed");
    }
  }

  pushEvent(push: EventPush, ack: number, answer: Answer): void {
    this.#push("event", answer, (n, ref) => encodeEvent(n, ref, ack, push), eventPayload(push, ack));
  }

  pushListener(push: ListenerPush, ack: number, answer: Answer): void {
    this.#push("event", answer, (n, ref) => encodeListener(n, ref, ack, push), listenerPayload(push, ack));
  }

  /** A push that is always text. */
  pushText(event: string, payload: Json, answer: Answer): void {
    this.#push(event, answer, () => undefined, payload);
  }

  ack(seq: number): void {
    this.#push("ack", undefined, (n) => encodeAck(n, seq), { seq });
  }

  /** Whether the message was for this channel. */
  receive(message: Incoming): boolean {
    if (message.to !== this.topic && message.to !== this.#n) return false;
    switch (message.kind) {
      case "reply":
        this.#finish(message.ref, message.reply);
        break;
      case "diff":
        if (this.#n !== undefined) this.delegate.channelReceived(message.patch);
        break;
      case "message":
        this.#told(message.event, message.joinRef, message.payload);
        break;
    }
    return true;
  }

  /** What an earlier join is still told is not about this one. */
  #told(event: string, joinRef: number | null, payload: Json): void {
    if (this.#joinRef === null || (joinRef !== null && joinRef !== this.#joinRef)) return;
    if (event === "session") return this.delegate.channelRenewed(payload);
    if (event !== "phx_error" && event !== "phx_close") return;
    this.close();
    if (event === "phx_error") this.delegate.channelCrashed(payload);
    else this.delegate.channelClosed(payload);
  }

  /** Sends the binary form, or where there is none, or the serializer is JSON, the text form. */
  #push(event: string, answer: Answer | undefined, encode: (n: number, ref: number) => Outgoing | undefined, payload: Json): void {
    if (this.#n === undefined) return;
    const ref = this.socket.nextRef();
    if (answer) this.#await(ref, answer);
    const frame = this.serializer === "binary" ? encode(this.#n, ref) : undefined;
    this.socket.send(frame ?? encodeText(this.#joinRef, ref, this.topic, event, payload));
  }

  #await(ref: number, answer: Answer): void {
    const timer = setTimeout(() => {
      this.#pending.set(ref, { answer: (late) => this.#late(late), timer });
      answer("timeout");
    }, PUSH_TIMEOUT);
    this.#pending.set(ref, { answer, timer });
  }

  /** Nobody waits for the answer any more, but what it changes in the page later frames build on. */
  #late(reply: Reply | Failure): void {
    if (typeof reply !== "string" && reply.patch) this.delegate.channelReceived(reply.patch);
  }

  #finish(ref: number, reply: Reply): void {
    const pending = this.#pending.get(ref);
    if (!pending) return;
    this.#pending.delete(ref);
    clearTimeout(pending.timer);
    pending.answer(reply);
  }
}
