import { Balancer } from "./balancer.ts";
import { OwnBroker } from "./brokers.ts";
import { OwnPostgres } from "./postgres.ts";
import { freePort, ServerProcess, temporaryFolder } from "./process.ts";

export interface ClusterOptions {
  nodes: number;
  doorbell: "redis" | "nats" | null;
  env?: Record<string, string>;
}

/** Real nodes behind a balancer, with a Postgres and a broker of their own. */
export class Cluster {
  readonly nodes: readonly ServerProcess[];
  readonly postgres: OwnPostgres;
  readonly broker: OwnBroker | null;
  readonly #balancer: Balancer;
  readonly #folder: { remove(): void };

  private constructor(
    nodes: readonly ServerProcess[],
    postgres: OwnPostgres,
    broker: OwnBroker | null,
    balancer: Balancer,
    folder: { remove(): void },
  ) {
    this.nodes = nodes;
    this.postgres = postgres;
    this.broker = broker;
    this.#balancer = balancer;
    this.#folder = folder;
  }

  static async start({ nodes: count, doorbell, env = {} }: ClusterOptions): Promise<Cluster> {
    const [postgres, broker] = await Promise.all([OwnPostgres.start(), doorbell && OwnBroker[doorbell]()]);
    const folder = temporaryFolder();
    const ports = await Promise.all(Array.from({ length: count }, freePort));
    const ring = broker && {
      [doorbell === "redis" ? "REDIS_URL" : "NATS_URL"]: `${doorbell}://127.0.0.1:${broker.port}`,
    };
    const shared = { DATABASE_URL: postgres.url, SECRET_KEY: "the-secret-of-all-nodes-of-this-test", ...ring };
    const common = { PARLEY_RATE_LIMITS: "off", PARLEY_BEAT_MS: "1000", ...shared, ...env };
    const nodes = ports.map((port, at) => new ServerProcess({ port, data: `${folder.path}/${at}`, env: common }));
    const balancer = await Balancer.before(ports);
    const cluster = new Cluster(nodes, postgres, broker, balancer, folder);
    try {
      await Promise.all(nodes.map((node) => node.start()));
      return cluster;
    } catch (error) {
      await cluster.remove();
      throw error;
    }
  }

  /** Where any of the nodes answers. */
  get url(): string {
    return this.#balancer.url;
  }

  async remove(): Promise<void> {
    await this.#balancer.close();
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.broker?.remove();
    await this.postgres.remove();
    this.#folder.remove();
  }
}
