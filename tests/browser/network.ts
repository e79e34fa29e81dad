import type { Page } from "@playwright/test";

interface Network {
  reachable: boolean;
  mute: boolean;
  sockets: WebSocket[];
  closed: number;
}

/** The network between one page and its server, in the test's hand: it can be lost, or swallow what the server says. */
export class ControlledNetwork {
  private constructor(private readonly page: Page) {}

  /** To be called before the page is opened. */
  static async of(page: Page): Promise<ControlledNetwork> {
    await page.addInitScript(() => {
      const network: Network = { reachable: true, mute: false, sockets: [], closed: 0 };
      (window as unknown as { network: Network }).network = network;
      window.WebSocket = class extends WebSocket {
        constructor(url: string | URL) {
          // Nobody answers there, and it is the page's own host, as its Content-Security-Policy demands.
          super(network.reachable ? url : new URL("/nobody/here", url));
          network.sockets.push(this);
          // Before any listener of the client.
          this.addEventListener("message", (event) => network.mute && event.stopImmediatePropagation());
          this.addEventListener("close", () => network.closed++);
        }
      };
    });
    return new ControlledNetwork(page);
  }

  /** Sockets that the page opened or tried to open so far. */
  attempts(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as { network: Network }).network.sockets.length);
  }

  /** Those of them of which the page knows that they are closed. */
  closed(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as { network: Network }).network.closed);
  }

  async lose(): Promise<void> {
    await this.page.evaluate(() => {
      const { network } = window as unknown as { network: Network };
      network.reachable = false;
      network.sockets.at(-1)?.close();
    });
  }

  async restore(): Promise<void> {
    await this.page.evaluate(() => void ((window as unknown as { network: Network }).network.reachable = true));
  }

  /** Whether what the server says is swallowed. */
  async mute(mute: boolean): Promise<void> {
    await this.page.evaluate((mute) => void ((window as unknown as { network: Network }).network.mute = mute), mute);
  }
}
