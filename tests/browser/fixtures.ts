import { type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { Server } from "./server.ts";

/** What the pages' server answers on `/probe`. */
export interface Probe {
  /** Mounts so far, by view. */
  mounts: Record<string, number>;
  /** Views that have not ended, by name, of those that are counted. */
  alive: Record<string, number>;
  /** Handlers that wait at the gate now. */
  waiting: number;
}

/** The side door to the server of a test. */
export class Backstage {
  constructor(private readonly url: string) {}

  async probe(): Promise<Probe> {
    return (await fetch(`${this.url}/probe`)).json() as Promise<Probe>;
  }

  async mounts(view: string): Promise<number> {
    return (await this.probe()).mounts[view] ?? 0;
  }

  /** Waits until the server has ended all views of this name: what comes back then gets a new one. */
  async ended(view: string): Promise<void> {
    await expect.poll(async () => (await this.probe()).alive[view] ?? 0, { message: `views \`${view}\`` }).toBe(0);
  }

  /** Waits until this many handlers stand at the gate. */
  async waiting(count: number): Promise<void> {
    await expect.poll(async () => (await this.probe()).waiting, { message: "handlers at the gate" }).toBe(count);
  }

  /** Lets one of them go on. */
  async release(): Promise<void> {
    await this.post("/probe/release");
  }

  /** Broadcasts to every counter. */
  async tick(): Promise<void> {
    await this.post("/probe/tick");
  }

  /** Forbids, or allows again, the fragile view to mount. */
  async toggleFragile(): Promise<void> {
    await this.post("/probe/fragile");
  }

  private async post(path: string): Promise<void> {
    const response = await fetch(this.url + path, { method: "POST" });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  }
}

interface TestFixtures {
  backstage: Backstage;
  noScriptErrors: void;
}

interface WorkerFixtures {
  /** The pages' server, one for each worker. Tests that kill servers start their own. */
  server: Server;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start("pages");
      await use(server);
      await server.kill();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  backstage: async ({ server }, use) => use(new Backstage(server.url)),
  // Whatever a test is about, no page of it may throw, and none may ask for what its Content-Security-Policy forbids.
  noScriptErrors: [
    async ({ context }, use) => {
      const errors = scriptErrors(context);
      await use();
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

/** Views of this server end with their sockets, so that every page that comes back gets a new one, and a fresh render. */
export const testWithoutResume = test.extend<object, Pick<WorkerFixtures, "server">>({
  server: [
    async ({}, use) => {
      const server = await Server.start("pages", { resume: false });
      await use(server);
      await server.kill();
    },
    { scope: "worker" },
  ],
});

/** Collects, from now on, uncaught exceptions and violations of the Content-Security-Policy. */
export function scriptErrors(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(String(error.error())));
  context.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) errors.push(message.text());
  });
  return errors;
}

/** Leaves a mark that a reload of the page would wipe away. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => void (window.mark = "here"));
}

export async function marked(page: Page): Promise<boolean> {
  return page.evaluate(() => window.mark === "here");
}

export { expect };
