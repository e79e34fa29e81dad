import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = process.env["CARGO_TARGET_DIR"] ?? path.join(REPOSITORY, "target");

/** The programs that tests start; `tests/run` builds them before. */
const PROGRAMS = {
  pages: path.join(TARGET, "debug/examples/pages"),
  "robot-control": path.join(TARGET, "debug/robot-control"),
  "robot-sim": path.join(TARGET, "debug/robot-sim"),
};

/** Where a program is, if it is built. */
export function program(name: keyof typeof PROGRAMS): string {
  if (!existsSync(PROGRAMS[name])) throw new Error(`${PROGRAMS[name]} is not built; run tests/run browser`);
  return PROGRAMS[name];
}

/** How long a program may take until it listens. */
const START_LIMIT = 20_000;

export interface ServerOptions {
  /** Default: one that the system picks. */
  port?: number;
  /** Signs sessions. Servers with the same secret accept each other's pages. */
  secret?: string;
  /** Whether views outlive their sockets. Default: yes. */
  resume?: boolean;
  /** Further variables. */
  env?: Record<string, string>;
}

/** A server process of its own: tests can kill it without anybody else noticing. */
export class Server {
  private constructor(
    readonly name: keyof typeof PROGRAMS,
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly output: string[],
  ) {}

  static async start(name: keyof typeof PROGRAMS, options: ServerOptions = {}): Promise<Server> {
    const env = {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: String(options.port ?? 0),
      SECRET_KEY_BASE: (options.secret ?? "browser tests").repeat(8).padEnd(64, "."),
      // Each server has a database of its own, which goes with it.
      DATABASE_URL: process.env["DATABASE_URL"] ?? "sqlite::memory:",
      RUST_LOG: process.env["RUST_LOG"] ?? "info",
      RUST_BACKTRACE: "0",
      NO_COLOR: "1",
      ...(options.resume === false ? { PAGES_WITHOUT_RESUME: "1" } : {}),
      ...options.env,
    };
    const child = spawn(program(name), { env, stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    const url = await listening(child, output);
    return new Server(name, url, child, output);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Everything that the program printed so far. */
  get log(): string {
    return this.output.join("");
  }

  /** Tells the process to stop, as a deploy does, and waits until it has. Its exit code. */
  async terminate(): Promise<number | null> {
    const exit = once(this.process, "exit");
    this.process.kill("SIGTERM");
    const [code] = (await exit) as [number | null];
    return code;
  }

  /** Ends the process at once, as a crash of the machine would. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await exit;
  }
}

function listening(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill("SIGKILL");
      reject(new Error(`${why}\n${output.join("")}`));
    };
    const timer = setTimeout(() => fail(`the server did not listen within ${START_LIMIT} ms`), START_LIMIT);
    const read = (chunk: Buffer) => {
      output.push(chunk.toString());
      const found = /listening on (http:\/\/[\w.:[\]-]+)/.exec(output.join(""));
      if (!found?.[1]) return;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", (error) => fail(String(error)));
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the server ended (${signal ?? code}) before it listened\n${output.join("")}`));
    });
  });
}
