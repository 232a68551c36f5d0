import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configFrom } from "@parley/server/config";
import { caddy, dockerCompose, orSkip } from "../../tools/debian.ts";
import { ROOT } from "../../tools/source/tree.ts";
import { Cluster } from "../kit/cluster.ts";
import { beginTalk, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { freePort, type ServerProcess, temporaryFolder } from "../kit/process.ts";
import { until } from "../kit/replicas.ts";
import { ask } from "./kit/ask.ts";
import { WebServer } from "./kit/web-server.ts";

interface Service {
  image: string;
  environment: Record<string, string>;
  ports?: { published: number }[];
  read_only?: boolean;
  cap_drop?: string[];
  restart: string;
  healthcheck?: object;
  depends_on?: Record<string, { condition: string }>;
}

const folder = temporaryFolder();
afterAll(folder.remove);
// One after the other: packages cannot be installed side by side.
const compose = await orSkip(dockerCompose());
const webServer = await orSkip(caddy());

const SECRET = "the-secret-of-all-three-nodes-of-this-cluster";
const DATABASE = "postgres://parley:word@postgres:5432/parley";
const NEEDED = {
  DOMAIN: "chat.example.org",
  SECRET_KEY: SECRET,
  POSTGRES_PASSWORD: "word",
  DATABASE_URL: DATABASE,
};

/** What Compose makes of the file, beside a file .env with these lines. */
async function composed(env: Record<string, string>) {
  const place = join(folder.path, "clone/deploy");
  mkdirSync(place, { recursive: true });
  for (const name of ["compose.cluster.yaml", "Caddyfile.cluster"]) {
    cpSync(join(ROOT, "deploy", name), join(place, name));
  }
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(place, ".env"), `${lines.join("\n")}\n`);
  const plain = { PATH: process.env.PATH ?? "", HOME: folder.path };
  return ask([compose ?? "", "--file", "compose.cluster.yaml", "config"], { cwd: place, env: plain });
}

test.skipIf(!compose)("[DEP14] Compose asks for the four things that only whoever runs the cluster knows", async () => {
  for (const name of Object.keys(NEEDED)) {
    const { code, output } = await composed({ ...NEEDED, [name]: "" });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(`write ${name}=`) });
  }
});

test.skipIf(!compose)(
  "[DEP14] Compose starts three nodes of one installation, once their Postgres and NATS are well, and Caddy before them",
  async () => {
    const { code, output } = await composed({ ...NEEDED, PORT: "9999" });
    expect([code, output]).toEqual([0, expect.any(String)]);
    const { services } = Bun.YAML.parse(output) as { services: Record<string, Service> };
    const { caddy, postgres, nats, ...nodes } = services as Record<"caddy" | "postgres" | "nats", Service>;
    expect(Object.keys(nodes)).toEqual(["parley-1", "parley-2", "parley-3"]);
    for (const node of Object.values(nodes) as Service[]) {
      expect(configFrom(node.environment)).toMatchObject({
        ...{ host: "0.0.0.0", port: 8000, secretKey: SECRET },
        ...{ database: { url: DATABASE }, doorbell: { is: "nats", url: "nats://nats:4222" } },
      });
      expect(node).toMatchObject({ read_only: true, cap_drop: ["ALL"], restart: "unless-stopped" });
      expect(node.depends_on).toMatchObject({
        postgres: { condition: "service_healthy" },
        nats: { condition: "service_healthy" },
      });
      // Nobody gets past Caddy, so that it can be believed when it says who asks.
      expect([node.ports, configFrom(node.environment).trustedProxies.length > 0]).toEqual([undefined, true]);
    }
    expect(postgres.environment.POSTGRES_PASSWORD).toBe("word");
    for (const part of [postgres, nats]) {
      expect(part).toMatchObject({ restart: "unless-stopped", healthcheck: expect.anything() });
      expect(part.image).toMatch(/:\d+\.\d+/);
      expect(part.ports).toBeUndefined();
    }
    expect(caddy.environment.UPSTREAMS).toBe(
      Object.keys(nodes)
        .map((name) => `${name}:8000`)
        .join(" "),
    );
  },
);

/** How many sockets each node has. */
function spread(nodes: readonly ServerProcess[]): Promise<number[]> {
  return Promise.all(
    nodes.map(async ({ url }) => {
      const { active_connections: sockets } = (await (await fetch(`${url}/health`)).json()) as Record<string, number>;
      return sockets ?? 0;
    }),
  );
}

/** The Caddyfile of the cluster as it is, on a port of the test and without certificates. */
async function startCaddy(nodes: readonly ServerProcess[]): Promise<{ url: string; front: WebServer }> {
  const [port, home] = [await freePort(), join(folder.path, "home")];
  const path = join(folder.path, "Caddyfile");
  const file = readFileSync(join(ROOT, "deploy/Caddyfile.cluster"), "utf8");
  writeFileSync(path, `{\nadmin off\ndefault_bind 127.0.0.1\n}\n${file}`);
  mkdirSync(home, { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  const upstreams = nodes.map((node) => new URL(node.url).host).join(" ");
  const env = { PATH: process.env.PATH ?? "", HOME: home, DOMAIN: url, UPSTREAMS: upstreams };
  const works = async () => (await fetch(`${url}/health`).catch(() => null))?.ok === true;
  return {
    url,
    front: await WebServer.start([webServer ?? "", "run", "--adapter", "caddyfile", "--config", path], env, works),
  };
}

test.skipIf(!webServer)(
  "[DEP15] behind Caddy people are spread over the nodes, bound to none, and those of a node that dies come back on the others",
  async () => {
    const cluster = await Cluster.start({ nodes: 3, doorbell: "nats", env: { PARLEY_TRUSTED_PROXIES: "127.0.0.1" } });
    const { url, front } = await startCaddy(cluster.nodes);
    try {
      const crowd = await moveIn(url, { clients: 18, rooms: 2 });
      expect(Math.min(...(await spread(cluster.nodes)))).toBeGreaterThanOrEqual(3);
      const talk = beginTalk(crowd, 200);
      await Bun.sleep(500);
      const [one, two, three] = cluster.nodes as [ServerProcess, ServerProcess, ServerProcess];
      await two.kill();
      await Bun.sleep(1_000);
      await Promise.all(crowd.people.map(({ client }) => until(client, () => client.line.is === "live")));
      expect(Math.min(...(await spread([one, three])))).toBeGreaterThanOrEqual(6);
      await talk.end();
      expect(await compare(crowd)).toMatchObject(NO_LOSSES);
    } finally {
      await front.stop();
      await cluster.remove();
    }
  },
);

test.skipIf(!webServer)(
  "[DEP15] Caddy understands the Caddyfile of the cluster, and would not write it otherwise",
  async () => {
    const env = { PATH: process.env.PATH ?? "", HOME: folder.path };
    const path = join(ROOT, "deploy/Caddyfile.cluster");
    const check = [webServer ?? "", "validate", "--adapter", "caddyfile", "--config", path];
    for (const more of [{}, { DOMAIN: "chat.example.org", UPSTREAMS: "parley-1:8000 parley-2:8000" }]) {
      const { code, output } = await ask(check, { env: { ...env, ...more } });
      expect([code, output]).toEqual([0, expect.stringContaining("Valid configuration")]);
    }
    const written = await ask([webServer ?? "", "fmt", path], { env });
    expect(written).toEqual({ code: 0, output: readFileSync(path, "utf8") });
  },
);
