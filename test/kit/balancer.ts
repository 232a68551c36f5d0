import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * Stands before several nodes as any balancer would: each new line goes to the next node that takes it, whoever comes.
 */
export class Balancer {
  readonly #server: Server;
  readonly #ports: readonly number[];
  readonly #sockets = new Set<Socket>();
  #next = 0;

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  static async before(ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports);
    await new Promise<void>((resolve) => balancer.#server.listen(0, "127.0.0.1", 1_024, resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    this.#keep(client);
    this.#try(client, this.#ports.length);
  }

  #try(client: Socket, attempts: number): void {
    if (attempts === 0) return void client.destroy();
    const port = this.#ports[this.#next++ % this.#ports.length] as number;
    const node = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const again = () => this.#try(client, attempts - 1);
    node.once("error", again);
    node.once("connect", () => {
      node.off("error", again);
      this.#keep(node);
      client.on("close", () => node.destroy());
      node.on("close", () => client.destroy());
      client.pipe(node).pipe(client);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true).on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
