import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, toBase64 } from "../src/base64";
import { Reader, WireError, Writer, unzigzag } from "../src/bytes";

test("varints of every length come back", () => {
  for (const value of [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1, 2 ** 40 + 5, Number.MAX_SAFE_INTEGER]) {
    assert.equal(new Reader(new Writer().varint(value).finish()).varint(), value);
  }
  assert.deepEqual([...new Writer().varint(300).finish()], [0xac, 0x02]);
});

test("a varint beyond 2^53 is an error, not a rounded number", () => {
  assert.throws(() => new Reader(Uint8Array.from([...Array(9).fill(0xff), 1])).varint(), WireError);
});

test("zigzag numbers alternate between signs", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map(unzigzag), [0, -1, 1, -2, 2]);
});

test("strings are counted in bytes", () => {
  const bytes = new Writer().string("ü🤖").string("").finish();
  assert.equal(bytes[0], 6);
  const reader = new Reader(bytes);
  assert.deepEqual([reader.string(), reader.string(), reader.done], ["ü🤖", "", true]);
});

test("a byte order mark belongs to the text", () => {
  assert.equal(new Reader(new Writer().string("\ufeffa").finish()).string(), "\ufeffa");
});

test("frames that end early or hold no UTF-8 are errors", () => {
  for (const bytes of [[], [0x80], [3, 65, 66], [1, 0xff]]) {
    assert.throws(() => new Reader(Uint8Array.from(bytes)).string());
  }
});

test("base64 gives bytes, and bytes give it", () => {
  assert.deepEqual([...fromBase64("AP+A")], [0, 255, 128]);
  assert.equal(toBase64(Uint8Array.of(0, 255, 128)), "AP+A");
  assert.equal(fromBase64(toBase64(new Uint8Array(300_000))).length, 300_000);
  assert.throws(() => fromBase64("*"));
});
