import { Balancer } from "./balancer.ts";
import { OwnBroker } from "./brokers.ts";
import { OwnPostgres } from "./postgres.ts";
import { freePort, ServerProcess, temporaryFolder } from "./process.ts";
import { FaultProxy } from "./proxy.ts";

export interface ClusterOptions {
  nodes: number;
  doorbell: "redis" | "nats" | null;
  env?: Record<string, string>;
  /** Whether something may befall what a node says to Postgres and to the broker: it costs a little time. */
  links?: boolean;
}

/** The networks between one node and what it depends on. */
export interface Links {
  database: FaultProxy;
  bus: FaultProxy | null;
}

const SECRET = "the-secret-of-all-nodes-of-this-test";

/** Real nodes behind a balancer, with a Postgres and a broker of their own. */
export class Cluster {
  readonly nodes: readonly ServerProcess[];
  readonly postgres: OwnPostgres;
  readonly broker: OwnBroker | null;
  /** One for each node where they were asked for. */
  readonly links: readonly Links[];
  readonly #balancer: Balancer;
  readonly #folder: { remove(): void };

  private constructor(
    nodes: readonly ServerProcess[],
    { postgres, broker, links }: Pick<Cluster, "postgres" | "broker" | "links">,
    balancer: Balancer,
    folder: { remove(): void },
  ) {
    this.nodes = nodes;
    this.postgres = postgres;
    this.broker = broker;
    this.links = links;
    this.#balancer = balancer;
    this.#folder = folder;
  }

  static async start({ nodes: count, doorbell, env = {}, links: linked = false }: ClusterOptions): Promise<Cluster> {
    const [postgres, broker] = await Promise.all([OwnPostgres.start(), doorbell && OwnBroker[doorbell]()]);
    const folder = temporaryFolder();
    const ports = await Promise.all(Array.from({ length: count }, freePort));
    const links = linked ? await Promise.all(ports.map(() => linkTo(postgres, broker))) : [];
    const nodes = ports.map((port, at) => {
      const { database = postgres, bus = broker } = links[at] ?? {};
      const ring = bus && { [doorbell === "redis" ? "REDIS_URL" : "NATS_URL"]: `${doorbell}://127.0.0.1:${bus.port}` };
      const shared = { DATABASE_URL: postgres.urlAt(database.port), SECRET_KEY: SECRET, ...ring };
      const common = { PARLEY_RATE_LIMITS: "off", PARLEY_BEAT_MS: "1000", ...shared, ...env };
      return new ServerProcess({ port, data: `${folder.path}/${at}`, env: common });
    });
    const balancer = await Balancer.before(ports);
    const cluster = new Cluster(nodes, { postgres, broker, links }, balancer, folder);
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
    await Promise.all(this.links.flatMap(({ database, bus }) => [database.close(), bus?.close()]));
    await this.broker?.remove();
    await this.postgres.remove();
    this.#folder.remove();
  }
}

async function linkTo(postgres: OwnPostgres, broker: OwnBroker | null): Promise<Links> {
  const before = ({ port }: { port: number }) => FaultProxy.before(`tcp://127.0.0.1:${port}`);
  return { database: await before(postgres), bus: broker && (await before(broker)) };
}
