// The client of Phoenix, unchanged, against our server: over both transports where both can.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";

import WebSocket from "ws";

import { answer, connect as open, end, join, next, patiently, present, rejoined } from "./client.js";
import { Server } from "./server.js";

let server;
let sockets = [];

before(async () => {
  server = await Server.start();
});
after(() => server.kill());
afterEach(async () => {
  await Promise.all(sockets.map(end));
  sockets = [];
});

function connect(options, on = server) {
  const socket = open(on, options);
  sockets.push(socket);
  return socket;
}

for (const transport of ["websocket", "longpoll"]) {
  describe(transport, () => {
    test("a client connects with parameters, and joins with a payload", async () => {
      const channel = socket({ params: { name: "bo" } }).channel("room:1", { colour: "red" });
      const [status, response] = await answer(channel.join());
      assert.equal(status, "ok");
      assert.deepEqual(response, { name: "bo", payload: { colour: "red" } });
    });

    test("a token goes outside of the URL", async () => {
      // With characters that base64 has two alphabets for.
      const channel = await join(socket({ params: {}, authToken: "grace>>>" }), "room:1");
      assert.deepEqual(await answer(channel.push("who", {})), ["ok", { name: "grace>>>" }]);
    });

    test("a connection may be refused", async () => {
      const refused = socket({ params: {} });
      await patiently("an error", (resolve) => refused.onError(resolve));
      assert.equal(refused.isConnected(), false);
    });

    test("a join may be refused", async () => {
      const channel = socket().channel("room:locked");
      assert.deepEqual(await answer(channel.join()), ["error", { reason: "unauthorized" }]);
      channel.leave();
      const nowhere = socket().channel("nowhere:1");
      assert.deepEqual(await answer(nowhere.join()), ["error", { reason: "unmatched topic" }]);
      nowhere.leave();
    });

    test("pushes are answered", async () => {
      const channel = await join(socket(), "room:1");
      const echoed = next(channel, "echoed");
      assert.deepEqual(await answer(channel.push("echo", { n: 1 })), ["ok", { n: 1 }]);
      assert.deepEqual(await echoed, { n: 1 });
      assert.deepEqual(await answer(channel.push("refuse", {})), ["error", { reason: "no" }]);
      const [status] = await answer(channel.push("no such event", {}));
      assert.equal(status, "error");
    });

    test("who is there is synchronised by the client's Presence", async () => {
      const topic = `lobby:${transport}`;
      const ada = await present(socket({ params: { name: "ada" } }), topic);
      await ada.until({ ada: ["new"] });
      const bo = await present(socket({ params: { name: "bo" } }), topic);
      await Promise.all([ada, bo].map((seen) => seen.until({ ada: ["new"], bo: ["new"] })));
      const tab = await present(socket({ params: { name: "bo" } }), topic);
      await ada.until({ ada: ["new"], bo: ["new", "new"] });
      assert.deepEqual(await answer(tab.channel.push("mood", { mood: "glad" })), ["ok", {}]);
      await ada.until({ ada: ["new"], bo: ["glad", "new"] });
      await answer(bo.channel.leave());
      await ada.until({ ada: ["new"], bo: ["glad"] });
      // A client that polls and goes is missed only when it has not polled for a while.
      await (transport === "websocket" ? end(tab.channel.socket) : answer(tab.channel.leave()));
      await ada.until({ ada: ["new"] });
      assert.deepEqual(ada.left, ["bo"]);
    });

    test("keys of any name are harmless", async () => {
      const watcher = await present(socket({ params: { name: "ada" } }), `lobby:names:${transport}`);
      for (const name of ["__proto__", "constructor", "toString"]) {
        await present(socket({ params: { name } }), `lobby:names:${transport}`);
        await watcher.sees(name);
      }
      assert.equal({}.metas, undefined);
    });

    test("a push without an answer times out", async () => {
      const channel = await join(socket(), "room:1");
      assert.deepEqual((await answer(channel.push("silence", {}, 50)))[0], "timeout");
    });

    test("what is pushed before the join is done is sent after it", async () => {
      const channel = socket().channel("room:1");
      const joined = answer(channel.join());
      const pushed = answer(channel.push("who", {}));
      assert.equal((await joined)[0], "ok");
      assert.deepEqual(await pushed, ["ok", { name: "ada" }]);
    });

    test("a broadcast reaches all, and one from a client all but that one", async () => {
      const [one, two] = [await join(socket(), "room:2"), await join(socket(), "room:2")];
      const heard = [next(one, "said"), next(two, "said")];
      one.push("say", { n: 1 });
      assert.deepEqual(await Promise.all(heard), [{ n: 1 }, { n: 1 }]);
      const own = [];
      one.on("said", (payload) => own.push(payload));
      const other = next(two, "said");
      assert.equal((await answer(one.push("shout", { n: 2 })))[0], "ok");
      assert.deepEqual(await other, { n: 2 });
      assert.deepEqual(own, []);
    });

    test("leaving is answered, and the channel closes", async () => {
      const channel = await join(socket(), "room:1");
      const closed = patiently("the end", (resolve) => channel.onClose(resolve));
      assert.equal((await answer(channel.leave()))[0], "ok");
      await closed;
    });

    test("a channel that crashes is joined again", async () => {
      const channel = await join(socket(), "room:1");
      const error = patiently("phx_error", (resolve) => channel.onError(resolve));
      const again = rejoined(channel);
      channel.push("crash", {});
      await error;
      await again;
      assert.equal((await answer(channel.push("who", {})))[0], "ok");
    });

    test("a channel that stops is not joined again", async () => {
      const channel = await join(socket(), "room:1");
      const closed = patiently("phx_close", (resolve) => channel.onClose(resolve));
      channel.push("stop", {});
      await closed;
      assert.equal(channel.state, "closed");
    });

    test("a disconnect lets all sockets of an id go, and they come back", async () => {
      const channel = await join(socket({ params: { name: `leaver-${transport}` } }), "room:1");
      const again = rejoined(channel);
      channel.push("disconnect", {});
      await again;
      assert.equal((await answer(channel.push("who", {})))[0], "ok");
    });

    test("keys that mean something to JavaScript come back as they are", async () => {
      const channel = await join(socket(), "room:__proto__");
      const payload = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}');
      const [status, response] = await answer(channel.push("echo", payload));
      assert.equal(status, "ok");
      assert.equal(JSON.stringify(response), JSON.stringify(payload));
      assert.equal({}.polluted, undefined);
    });

    function socket(options = {}) {
      return connect({ transport, ...options });
    }
  });
}

test("bytes go both ways", async () => {
  const [one, two] = [await join(connect(), "room:3"), await join(connect(), "room:3")];
  const bytes = new Uint8Array([0, 255, 10, 13]).buffer;
  const pushed = next(one, "echoed");
  const [status, response] = await answer(one.push("echo", bytes));
  assert.equal(status, "ok");
  assert.deepEqual(new Uint8Array(response), new Uint8Array(bytes));
  assert.deepEqual(new Uint8Array(await pushed), new Uint8Array(bytes));
  const heard = next(two, "said");
  one.push("say", bytes);
  assert.deepEqual(new Uint8Array(await heard), new Uint8Array(bytes));
});

test("heartbeats keep a socket alive", async () => {
  const socket = connect({ heartbeatIntervalMs: 30 });
  let beats = 0;
  const counted = patiently("ten heartbeats", (resolve) => {
    socket.onMessage(({ topic, event }) => {
      if (topic === "phoenix" && event === "phx_reply" && ++beats === 10) resolve();
    });
  });
  let closes = 0;
  socket.onClose(() => closes++);
  await counted;
  assert.equal(closes, 0);
});

test("the 101st channel is refused", async () => {
  const socket = connect();
  const channels = Array.from({ length: 101 }, (_, n) => socket.channel(`room:many-${n}`));
  const answers = await Promise.all(channels.map((channel) => answer(channel.join())));
  assert.equal(answers.filter(([status]) => status === "ok").length, 100);
  assert.deepEqual(answers.find(([status]) => status === "error")[1], { reason: "too many channels" });
});

test("the client leaves a topic that it joins twice, and has its last channel", async () => {
  const socket = connect();
  const first = await join(socket, "room:twice");
  const closed = patiently("the end", (resolve) => first.onClose(resolve));
  const second = await join(socket, "room:twice");
  await closed;
  assert.equal((await answer(second.push("who", {})))[0], "ok");
});

test("frames that are none close the socket", async () => {
  for (const frame of ["{}", "[", Buffer.from([9, 9]), "x".repeat(2_000_000)]) {
    const ws = new WebSocket(`${server.webSocketUrl}/websocket?vsn=2.0.0&name=ada`);
    ws.on("error", () => {});
    await patiently("the socket", (resolve) => ws.on("open", resolve));
    const code = patiently("the end", (resolve) => ws.on("close", resolve));
    ws.send(frame);
    assert.notEqual(await code, 1000);
  }
});

for (const transport of ["websocket", "longpoll"]) {
  test(`channels are joined again when the server has come back (${transport})`, async () => {
    const first = await Server.start();
    const socket = connect({ transport }, first);
    const channel = await join(socket, "room:1", { n: 1 });
    const error = patiently("an error", (resolve) => channel.onError(resolve));
    await first.kill();
    await error;
    // Sent when it is back.
    const pushed = answer(channel.push("who", {}, 20_000));
    const second = await Server.start(first.port);
    assert.deepEqual(await pushed, ["ok", { name: "ada" }]);
    await end(socket);
    await second.kill();
  });
}
