import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";
import type { Broker, Heard } from "./broker.ts";

/** How Redis is reached: one server, a master that Sentinels know by a name, or a Cluster. */
export type RedisAddress =
  | { is: "single"; url: string }
  | { is: "sentinel"; hosts: RedisHost[]; name: string; username?: string; password?: string; tls: boolean }
  | { is: "cluster"; hosts: RedisHost[]; username?: string; password?: string; tls: boolean };

interface RedisHost {
  host: string;
  port: number;
}

const SEVERAL = /^redis(s?)\+(sentinel|cluster):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@]+)(?:\/([^/]*))?$/;
const PORTS = { sentinel: 26_379, cluster: 6_379 };

/** Pure: what an address means; one of a single server is the driver's to read. */
export function redisAddress(url: string): RedisAddress {
  const found = SEVERAL.exec(url);
  if (!found) return { is: "single", url };
  const [, secure, kind, user, password, list = "", name = ""] = found;
  const is = kind as "sentinel" | "cluster";
  const hosts = list.split(",").map((one) => {
    const [host = "", port] = one.split(":");
    return { host, port: port ? Number(port) : PORTS[is] };
  });
  const proof = {
    ...(user && { username: decodeURIComponent(user) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  const common = { hosts, ...proof, tls: secure === "s" };
  return is === "cluster" ? { is, ...common } : { is, ...common, name };
}

/** Longest pause between two attempts to reach a server that is gone, in milliseconds. */
const LONGEST_PAUSE = 1_000;
const PATIENCE = 4_000;
/** Channels that are asked for at once when the line comes back. */
const AT_ONCE = 1_000;

/** Redis as the doorbell: one line speaks, another listens. */
export function redisBroker(address: RedisAddress, heard: Heard): Broker {
  const speaker = connect(address);
  const listener = connect(address);
  /** With what is to be called once they are heard. */
  const channels = new Map<string, (() => void) | null>();
  const beats = pulseOf(speaker, listener);
  const subscribe = async (asked: readonly string[]) => {
    await listener.subscribe(...asked);
    for (const channel of asked) {
      const stands = channels.get(channel);
      if (stands) channels.set(channel, null);
      stands?.();
    }
  };
  listener.on("message", heard);
  listener.on("ready", () => {
    const all = [...channels.keys()];
    for (let at = 0; at < all.length; at += AT_ONCE) lost(subscribe(all.slice(at, at + AT_ONCE)));
  });
  return {
    publish: (channel, text) => lost(speaker.publish(channel, text)),
    listen(channel, stands) {
      channels.set(channel, stands);
      lost(subscribe([channel]));
    },
    leave(channel) {
      channels.delete(channel);
      lost(listener.unsubscribe(channel));
    },
    async ready() {
      if (listener.status !== "ready") throw new Error("The line to Redis is down.");
      await beats();
    },
    async close() {
      speaker.disconnect();
      listener.disconnect();
    },
  };
}

/** Resolves when the one has heard what the other said: only that proves both lines, and whatever is in between. */
function pulseOf(speaker: Redis | Cluster, listener: Redis | Cluster): () => Promise<void> {
  const channel = `parley.pulse.${crypto.randomUUID()}`;
  let [stands, echo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  listener.on("close", () => {
    stands = Promise.withResolvers();
  });
  listener.on("ready", () => lost(listener.subscribe(channel).then(() => stands.resolve())));
  listener.on("message", (heard: string) => {
    if (heard !== channel) return;
    echo.resolve();
    echo = Promise.withResolvers();
  });
  return async () => {
    await stands.promise;
    const { promise } = echo;
    lost(speaker.publish(channel, ""));
    await promise;
  };
}

/** What fails here is lost; what was asked for is asked for again when the line comes back. */
function lost(asked: Promise<unknown>): void {
  asked.catch(() => {});
}

function connect(address: RedisAddress): Redis | Cluster {
  const client = clientOf(address);
  // The next attempt follows by itself; `ready` says how it is.
  client.on("error", () => {});
  return client;
}

function clientOf(address: RedisAddress): Redis | Cluster {
  const common = {
    // Nothing is kept for later: a bell that rings late is of no use.
    enableOfflineQueue: false,
    connectTimeout: PATIENCE,
    commandTimeout: PATIENCE,
    // Otherwise a line that dies while it is made is waited for until the system gives it up.
    socketTimeout: PATIENCE,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    enableAutoPipelining: true,
    retryStrategy: pause,
  } satisfies RedisOptions;
  if (address.is === "single") return new Redis(address.url, common);
  const { hosts, username, password } = address;
  const tls = address.tls ? { tls: {} } : {};
  if (address.is === "cluster") {
    const redisOptions = {
      ...tls,
      username,
      password,
      connectTimeout: PATIENCE,
      commandTimeout: PATIENCE,
      socketTimeout: PATIENCE,
    };
    const options = { enableOfflineQueue: false, clusterRetryStrategy: pause, redisOptions } satisfies ClusterOptions;
    return new Cluster(hosts, options);
  }
  return new Redis({
    ...common,
    ...tls,
    sentinels: hosts,
    name: address.name,
    username,
    password,
    sentinelRetryStrategy: pause,
  });
}

function pause(attempt: number): number {
  return Math.min(LONGEST_PAUSE, 50 * attempt);
}
