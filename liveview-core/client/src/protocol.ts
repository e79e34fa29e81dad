// Frames on the wire: the Channels V2 text envelope and our binary frames, as the wire document gives them.
// Pure: decodes into a discriminated union and encodes into what `WebSocket.send` takes. A diff is decoded only when
// the view asks for it, so that a broken one is that view's failure and not the socket's.

import { fromBase64 } from "./base64";
import { Reader, WireError, Writer } from "./bytes";
import { parseDiff, readDiff, type Diff } from "./ops";

export type Serializer = "binary" | "json";
export type Outgoing = string | Uint8Array<ArrayBuffer>;
export type Json = Record<string, unknown>;
export type ReadPatch = () => Diff;

/** The answer to a push. `response` of an event is `{reply?}`, of a failed one `{reason?}`. */
export interface Reply {
  readonly ok: boolean;
  readonly response: Json;
  readonly patch: ReadPatch | undefined;
}

export type Incoming =
  | { readonly kind: "reply"; readonly to: string | number; readonly ref: number; readonly reply: Reply }
  | { readonly kind: "diff"; readonly to: string | number; readonly patch: ReadPatch }
  | { readonly kind: "message"; readonly to: string; readonly joinRef: number | null; readonly event: string; readonly payload: Json };

/** The type byte of a binary event frame is the index in this list. */
const EVENT_TYPES = "click keydown keyup blur focus hook hold release window-blur window-focus push".split(" ");
export type EventType =
  | "click" | "keydown" | "keyup" | "blur" | "focus" | "hook" | "hold" | "release" | "window-blur" | "window-focus" | "push" | "form";

export interface EventPush {
  readonly type: EventType;
  readonly event: string;
  /** An object, or the urlencoded form. */
  readonly value: Json | string;
  readonly args?: readonly unknown[] | undefined;
}

export interface ListenerPush {
  readonly node: number;
  readonly event: string;
  readonly data: unknown;
}

const DIFF = 0x10;
const REPLY = 0x11;
const EVENT = 0x20;
const LISTENER = 0x21;
const ACK = 0x22;

export function decode(data: string | ArrayBuffer): Incoming {
  return typeof data === "string" ? decodeText(data) : decodeBinary(new Reader(new Uint8Array(data)));
}

function decodeText(data: string): Incoming {
  const frame: unknown = JSON.parse(data);
  if (!Array.isArray(frame) || frame.length !== 5 || typeof frame[2] !== "string" || typeof frame[3] !== "string") {
    throw new WireError("not a frame");
  }
  const [joinRef, ref, to, event] = frame as [unknown, unknown, string, string];
  const payload = asObject(frame[4]);
  if (event === "phx_reply") {
    const response = asObject(payload.response);
    return { kind: "reply", to, ref: Number(ref), reply: { ok: payload.status === "ok", response, patch: patchOf(response.diff) } };
  }
  if (event === "diff") return { kind: "diff", to, patch: () => parseDiff(payload) };
  return { kind: "message", to, joinRef: joinRef === null ? null : Number(joinRef), event, payload };
}

function decodeBinary(r: Reader): Incoming {
  const kind = r.byte();
  const to = r.varint();
  if (kind === DIFF) return { kind: "diff", to, patch: () => readDiff(r) };
  if (kind !== REPLY) throw new WireError(`unknown frame ${kind}`);
  const ref = r.varint();
  const ok = r.byte() === 0;
  const text = r.string();
  const json: unknown = text === "" ? undefined : JSON.parse(text);
  const response = ok ? { reply: json } : asObject(json);
  return { kind: "reply", to, ref, reply: { ok, response, patch: r.done ? undefined : () => readDiff(r) } };
}

/** The value called `diff` in a text message: base64 with the binary serializer, an object with JSON. */
function patchOf(value: unknown): ReadPatch | undefined {
  if (value === undefined || value === null) return undefined;
  return () => (typeof value === "string" ? readDiff(new Reader(fromBase64(value))) : parseDiff(value));
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

export function encodeText(joinRef: number | null, ref: number | null, topic: string, event: string, payload: Json): string {
  const text = (value: number | null) => (value === null ? null : String(value));
  return JSON.stringify([text(joinRef), text(ref), topic, event, payload]);
}

/** A binary event frame, or `undefined` for what is always text: form events. */
export function encodeEvent(n: number, ref: number, ack: number, push: EventPush): Outgoing | undefined {
  const type = EVENT_TYPES.indexOf(push.type);
  if (type < 0 || typeof push.value === "string") return undefined;
  const args = push.args?.length ? JSON.stringify(push.args) : "";
  const value = JSON.stringify(push.value);
  const frame = new Writer().byte(EVENT).varint(n).varint(ref).varint(ack).byte(type).string(push.event).string(args);
  return frame.tail(value === "{}" ? "" : value).finish();
}

/** The payload of a text `event`. */
export function eventPayload(push: EventPush, ack: number): Json {
  // JSON leaves out what is `undefined`.
  return { ...push, args: push.args?.length ? push.args : undefined, ack };
}

export function encodeListener(n: number, ref: number, ack: number, push: ListenerPush): Outgoing {
  const frame = new Writer().byte(LISTENER).varint(n).varint(ref).varint(ack);
  return frame.varint(push.node).string(push.event).tail(JSON.stringify(push.data)).finish();
}

/** The text form of a listener event, for the JSON serializer. */
export function listenerPayload(push: ListenerPush, ack: number): Json {
  return { type: "listener", event: push.event, node: push.node, value: push.data, ack };
}

export function encodeAck(n: number, seq: number): Outgoing {
  return new Writer().byte(ACK).varint(n).varint(seq).finish();
}
