import { createServer, connect, type AddressInfo, type Server as NetServer, type Socket } from "node:net";
import { once } from "node:events";
import type { Server } from "./server.ts";

/** What stands before several nodes: it leads each connection to the first one that takes it. */
export class Balancer {
  private constructor(
    readonly url: string,
    private readonly listener: NetServer,
    private readonly open: Set<Socket>,
  ) {}

  static async start(nodes: Server[]): Promise<Balancer> {
    const open = new Set<Socket>();
    const listener = createServer((client) => {
      open.add(client);
      client.once("close", () => open.delete(client));
      client.on("error", () => client.destroy());
      lead(client, nodes.map((node) => node.port));
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    return new Balancer(`http://127.0.0.1:${port}`, listener, open);
  }

  stop(): void {
    this.listener.close();
    for (const client of this.open) client.destroy();
  }
}

function lead(client: Socket, [port, ...others]: number[]): void {
  if (port === undefined) {
    client.destroy();
    return;
  }
  const node = connect(port, "127.0.0.1");
  let connected = false;
  node.once("connect", () => {
    connected = true;
    client.pipe(node).pipe(client);
  });
  node.once("error", () => {
    if (connected) client.destroy();
    else lead(client, others);
  });
  node.once("close", () => connected && client.destroy());
  client.once("close", () => node.destroy());
}
