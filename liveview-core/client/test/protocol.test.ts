import assert from "node:assert/strict";
import { test } from "node:test";
import { Reader, WireError, Writer } from "../src/bytes";
import { decode, encodeAck, encodeEvent, encodeListener, encodeText, eventPayload, type Incoming } from "../src/protocol";
import { readDiff, type Op } from "../src/ops";

const bytes = (frame: unknown) => [...(frame as Uint8Array)];
const buffer = (writer: Writer) => writer.finish().buffer;

test("a click on a counter is ten bytes", () => {
  const frame = encodeEvent(1, 7, 3, { type: "click", event: "inc", value: {} });
  assert.deepEqual(bytes(frame), [0x20, 1, 7, 3, 0, 3, ...new TextEncoder().encode("inc"), 0]);
});

test("arguments and values are JSON behind the name", () => {
  const frame = encodeEvent(2, 300, 0, { type: "hold", event: "drive", value: { to: "é" }, args: [3] }) as Uint8Array;
  const reader = new Reader(frame);
  assert.deepEqual([reader.byte(), reader.varint(), reader.varint(), reader.varint(), reader.byte()], [0x20, 2, 300, 0, 6]);
  assert.deepEqual([reader.string(), reader.string()], ["drive", "[3]"]);
  assert.equal(new TextDecoder().decode(frame).endsWith('{"to":"é"}'), true);
});

test("form events have no binary form", () => {
  assert.equal(encodeEvent(1, 1, 1, { type: "form", event: "save", value: "a=1" }), undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(eventPayload({ type: "form", event: "save", value: "a=1", args: [] }, 4))), {
    type: "form", event: "save", value: "a=1", ack: 4,
  });
});

test("listener events and acks name the node and the frame", () => {
  assert.deepEqual(bytes(encodeAck(1, 200)), [0x22, 1, 200, 1]);
  const frame = bytes(encodeListener(1, 2, 3, { node: 9, event: "click", data: {} }));
  assert.deepEqual(frame, [0x21, 1, 2, 3, 9, 5, ...new TextEncoder().encode("click{}")]);
});

test("references are texts or null in the envelope", () => {
  assert.equal(encodeText(1, 2, "lv:a", "event", { a: 1 }), '["1","2","lv:a","event",{"a":1}]');
  assert.equal(encodeText(null, null, "phoenix", "heartbeat", {}), '[null,null,"phoenix","heartbeat",{}]');
});

function reply(message: Incoming) {
  assert.equal(message.kind, "reply");
  return message.kind === "reply" ? message : assert.fail();
}

test("a binary reply carries its JSON and its patch", () => {
  const frame = new Writer().byte(0x11).varint(4).varint(200).byte(0).string('{"ok":1}').varint(9).byte(16).varint(3);
  const { to, ref, reply: answer } = reply(decode(buffer(frame)));
  assert.deepEqual([to, ref, answer.ok, answer.response], [4, 200, true, { reply: { ok: 1 } }]);
  assert.deepEqual(answer.patch?.(), { seq: 9, ops: [["remove", 3]], size: 17 });
});

test("a refused event says why, and may still change the page", () => {
  const bare = reply(decode(buffer(new Writer().byte(0x11).varint(1).varint(2).byte(1).string('{"reason":"no"}'))));
  assert.deepEqual([bare.reply.ok, bare.reply.response, bare.reply.patch], [false, { reason: "no" }, undefined]);
});

test("text replies carry patches as base64 or as JSON", () => {
  const packed = btoa(String.fromCharCode(...new Writer().varint(1).byte(17).varint(2).finish()));
  const text = (response: object) => reply(decode(JSON.stringify(["1", "2", "lv:a", "phx_reply", { status: "ok", response }])));
  assert.deepEqual(text({ diff: packed }).reply.patch?.(), { seq: 1, ops: [["push", 2]], size: 3 });
  assert.deepEqual(text({ diff: { seq: 1, ops: [["push", 2]] } }).reply.patch?.(), { seq: 1, ops: [["push", 2]], size: 32 });
  assert.equal(text({ reply: 3 }).reply.patch, undefined);
});

test("other text messages keep their join reference", () => {
  assert.deepEqual(decode('["3",null,"lv:a","phx_error",{"reason":"x"}]'), {
    kind: "message", to: "lv:a", joinRef: 3, event: "phx_error", payload: { reason: "x" },
  });
});

test("what is no frame is an error", () => {
  for (const data of ["", "{}", "[]", '["1","2",3,"e",{}]', '["1","2","t","e"]']) assert.throws(() => decode(data));
  for (const writer of [new Writer(), new Writer().byte(0x10), new Writer().byte(0x77).varint(1)]) {
    assert.throws(() => decode(buffer(writer)), WireError);
  }
});

test("every op is read as the wire document writes it", () => {
  const w = new Writer().varint(5);
  w.byte(1).varint(7).varint(2);
  w.byte(1).string("p").string("").varint(1).string("class").string("").string("a").varint(2).byte(0).string("hi").byte(2);
  w.byte(0).string("text");
  w.byte(2).varint(7).varint(0).varint(1).byte(3).varint(2).varint(0).varint(1).varint(2).byte(4).varint(3).string("x");
  w.byte(5).varint(4).byte(6).varint(0).varint(2).byte(7).varint(1).varint(1).byte(8).varint(1).varint(1).varint(2);
  w.byte(9).varint(1).varint(1).byte(10).varint(1).varint(1).byte(11).varint(1).string("id").string("").string("v");
  w.byte(12).varint(1).string("id").string("").byte(14).varint(1).string("click").byte(15).varint(1).string("click");
  w.byte(16).varint(1).byte(17).varint(1).byte(18).string("T").byte(19).string("ping").string("[1]");
  const ops: Op[] = [
    ["template", 7, [["p", "", [["class", "", "a"]], ["hi", 0]], "text"]],
    ["load", 7, 0, 1], ["assign", [0, 1], 2], ["create_text", 3, "x"], ["placeholder", 4], ["append", 0, 2],
    ["replace", 1, 1], ["fill", [1], 2], ["after", 1, 1], ["before", 1, 1], ["set", 1, "id", "", "v"], ["unset", 1, "id", ""],
    ["listen", 1, "click"], ["unlisten", 1, "click"], ["remove", 1], ["push", 1], ["title", "T"], ["event", "ping", [1]],
  ];
  assert.deepEqual(readDiff(new Reader(w.finish())), { seq: 5, ops, size: 108 });
});

test("short texts count from the last text of the frame", () => {
  const w = new Writer().varint(1).byte(0x85).string("a").byte(0x7e).string("b").byte(13).varint(50).string("c").byte(0x80).string("d");
  assert.deepEqual(readDiff(new Reader(w.finish())).ops, [["text", 5, "a"], ["text", 3, "b"], ["text", 50, "c"], ["text", 50, "d"]]);
});

test("unknown ops and ops that end early are errors", () => {
  for (const op of [[0], [21], [0x3f], [11, 1, 2, 65], [1, 1, 200]]) {
    assert.throws(() => readDiff(new Reader(Uint8Array.from([1, ...op]))), WireError);
  }
});
