import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = process.env["CARGO_TARGET_DIR"] ?? path.join(REPOSITORY, "target");
/** `tests/run` builds it before. */
const PROGRAM = path.join(TARGET, "debug/examples/pages");

/** A server process of its own, which a test may kill. */
export class Server {
  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  /** On a port that the system picks, or on this one. */
  static async start(port = 0) {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not built; run tests/run phoenix-js`);
    const env = {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: String(port),
      SECRET_KEY_BASE: "phoenix.js tests".repeat(8),
      RUST_LOG: "info",
      RUST_BACKTRACE: "0",
      NO_COLOR: "1",
    };
    const child = spawn(PROGRAM, { env, stdio: ["ignore", "pipe", "pipe"] });
    return new Server(child, await listening(child));
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  get webSocketUrl() {
    return `${this.url.replace("http", "ws")}/guests`;
  }

  get pollUrl() {
    return `${this.url}/guests`;
  }

  /** Ends the process at once, as a crash of the machine would. */
  async kill() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exit;
  }
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk) => {
      output += chunk;
      const found = /listening on (http:\/\/[\w.:[\]-]+)/.exec(output);
      if (found) resolve(found[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`the server ended (${signal ?? code})\n${output}`)));
  });
}
