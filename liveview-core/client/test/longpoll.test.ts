import "./dom";
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { LongPoll } from "../src/longpoll.mjs";

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly answer: (answer: object | Error) => Promise<void>;
}

Object.defineProperty(globalThis, "WebSocket", { configurable: true, value: { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } });

/** What everything that is ready to run takes. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const realFetch = globalThis.fetch;
let asked: Asked[];
let heard: unknown[];

beforeEach(() => {
  asked = [];
  heard = [];
  globalThis.fetch = ((url: string, init: RequestInit) =>
    new Promise((resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      const answer = async (answer: object | Error) => {
        if (answer instanceof Error) reject(answer);
        else resolve({ json: async () => answer } as Response);
        await turn();
      };
      asked.push({ method: init.method!, url, body: String(init.body ?? ""), answer });
    })) as typeof fetch;
});

afterEach(() => {
  globalThis.fetch = realFetch;
});

/** The requests of this method, in their order. */
const all = (method: string) => asked.filter((request) => request.method === method);

async function open(): Promise<LongPoll> {
  const polls = new LongPoll("http://localhost/live/longpoll?vsn=2.0.0");
  for (const name of ["open", "message", "close"]) {
    polls.addEventListener(name, (event) => heard.push(name === "message" ? (event as MessageEvent).data : name));
  }
  await asked[0]!.answer({ status: 410, token: "a/b" });
  return polls;
}

test("the first answer opens, and from then on one request waits for messages", async () => {
  const polls = await open();
  assert.deepEqual([polls.readyState, heard], [1, ["open"]]);
  assert.equal(all("GET")[1]!.url, "http://localhost/live/longpoll?vsn=2.0.0&token=a%2Fb");
  await all("GET")[1]!.answer({ status: 204, token: "a/b" });
  await all("GET")[2]!.answer({ status: 200, token: "a/b", messages: ["[1]", "AP8="] });
  assert.deepEqual([heard[1], [...new Uint8Array(heard[2] as ArrayBuffer)]], ["[1]", [0, 255]]);
  assert.equal(all("GET").length, 4);
});

test("what is sent in one turn goes together, and what comes meanwhile after it", async () => {
  const polls = await open();
  polls.send("[1]");
  polls.send(Uint8Array.of(0, 255));
  await turn();
  polls.send("[3]");
  await turn();
  assert.deepEqual(all("POST").map(({ body }) => body), ["[1]\nAP8="]);
  await all("POST")[0]!.answer({ status: 200 });
  assert.deepEqual(all("POST").map(({ body }) => body), ["[1]\nAP8=", "[3]"]);
});

test("a request has a hundred messages, or so many characters, at most", async () => {
  const polls = await open();
  for (let n = 0; n < 150; n++) polls.send(`[${n}]`);
  for (let n = 0; n < 3; n++) polls.send(`["${"x".repeat(40_000)}"]`);
  await turn();
  for (let n = 0; n < 4; n++) await all("POST")[n]!.answer({ status: 200 });
  assert.deepEqual(all("POST").map(({ body }) => body.split("\n").length), [100, 51, 1, 1]);
});

test("whoever closes pushes first what it has sent, and says goodbye", async () => {
  const polls = await open();
  polls.send("[1]");
  polls.close();
  polls.close();
  await turn();
  assert.deepEqual(all("DELETE"), []);
  await all("POST")[0]!.answer({ status: 200 });
  assert.deepEqual([heard, polls.readyState, all("DELETE").length], [["open", "close"], 3, 1]);
});

for (const [what, answer] of [["that the socket has ended", { status: 410 }], ["nothing", new Error("away")]] as const) {
  test(`a server that answers ${what} ends it, once`, async () => {
    const polls = await open();
    polls.send("[1]");
    await turn();
    await all("POST")[0]!.answer(answer);
    assert.deepEqual([heard, polls.readyState], [["open", "close"], 3]);
    assert.equal(all("GET").length, 2);
  });
}

test("a server that lets nobody in closes what never opened", async () => {
  const polls = new LongPoll("http://localhost/live/longpoll?vsn=2.0.0");
  polls.addEventListener("close", () => heard.push("close"));
  await asked[0]!.answer({ status: 403 });
  assert.deepEqual([heard, asked.length], [["close"], 1]);
});
