import { LongPoll, Presence, Socket } from "phoenix";
import WebSocket from "ws";

/** What comes from the server comes soon; this is for what does not come. */
const PATIENCE = 15_000;

export const TRANSPORTS = { websocket: WebSocket, longpoll: LongPoll };

/** A socket of `phoenix.js` as it is published, which tries again at once. */
export function connect(server, options = {}) {
  const { transport = "websocket", ...rest } = options;
  const url = transport === "websocket" ? server.webSocketUrl : server.pollUrl;
  const socket = new Socket(url, {
    transport: TRANSPORTS[transport],
    params: { name: "ada" },
    reconnectAfterMs: () => 50,
    rejoinAfterMs: () => 50,
    ...rest,
  });
  socket.connect();
  return socket;
}

/** Ends a socket and all that it waits for. */
export function end(socket) {
  return new Promise((resolve) => socket.disconnect(resolve));
}

/** The first answer of a push or a join: `[status, response]`. */
export function answer(push) {
  return patiently("an answer", (resolve) => {
    for (const status of ["ok", "error", "timeout"]) {
      push.receive(status, (response) => resolve([status, response]));
    }
  });
}

/** The next payload of an event. */
export function next(channel, event) {
  return patiently(event, (resolve) => {
    const ref = channel.on(event, (payload) => {
      channel.off(event, ref);
      resolve(payload);
    });
  });
}

/** Joins a topic, and is let in. */
export async function join(socket, topic, payload = {}) {
  const channel = socket.channel(topic, payload);
  const [status, response] = await answer(channel.join());
  if (status !== "ok") throw new Error(`the join of ${topic} was answered ${status} ${JSON.stringify(response)}`);
  return channel;
}

/** Joins a topic, and follows who is there. */
export async function present(socket, topic) {
  const channel = socket.channel(topic);
  const presence = new Presence(channel);
  const left = [];
  const moods = () => Object.fromEntries(presence.list((key, { metas }) => [key, metas.map(({ mood }) => mood).sort()]));
  let check = () => {};
  presence.onSync(() => check());
  presence.onLeave((key, current) => current.metas.length === 0 && left.push(key));
  const wait = (what, holds) =>
    patiently(what, (resolve) => {
      check = () => holds() && resolve();
      check();
    });
  const [status, response] = await answer(channel.join());
  if (status !== "ok") throw new Error(`the join of ${topic} was answered ${status} ${JSON.stringify(response)}`);
  return {
    channel,
    left,
    until: (expected) => wait(JSON.stringify(expected), () => JSON.stringify(sorted(moods())) === JSON.stringify(sorted(expected))),
    sees: (key) => wait(key, () => presence.list((name) => name).includes(key)),
  };
}

const sorted = (object) => Object.entries(object).sort();

/** The next time that a channel's join is answered. */
export function rejoined(channel) {
  return patiently("the join", (resolve) => {
    channel.socket.onMessage(({ topic, event, ref, join_ref }) => {
      // The state changes when the channel has heard it, too.
      if (topic === channel.topic && event === "phx_reply" && ref === join_ref) setImmediate(resolve);
    });
  });
}

/** A promise that fails when nothing happens. */
export function patiently(what, start) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} did not come`)), PATIENCE);
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
