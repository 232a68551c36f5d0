import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { DialectName } from "@parley/protocol/dialects";
import { hmacDigests, proofOf } from "./auth/digests.ts";
import { argon2Passwords } from "./auth/passwords.ts";
import { obtainSecret } from "./auth/secret.ts";
import { memoryBus } from "./bus/memory.ts";
import { ConfigError } from "./config/settings.ts";
import type { Listener } from "./config/values.ts";
import { type Config, configFrom } from "./config.ts";
import { Chat } from "./core/chat.ts";
import type { Broadcast, Bus, Digests, Observer, Store } from "./core/ports.ts";
import { type Arrival, callers } from "./gateways/arrival.ts";
import * as broadcastFrames from "./gateways/dialects/broadcast/frames.ts";
import { broadcastDialect } from "./gateways/dialects/broadcast/session.ts";
import { broadcastTable } from "./gateways/dialects/broadcast/stats.ts";
import { directDialect } from "./gateways/dialects/direct/dialect.ts";
import * as directFrames from "./gateways/dialects/direct/frames.ts";
import { directTable } from "./gateways/dialects/direct/table.ts";
import * as messengerFrames from "./gateways/dialects/messenger/frames.ts";
import { messengerDialect } from "./gateways/dialects/messenger/session.ts";
import * as plainFrames from "./gateways/dialects/plain/frames.ts";
import { plainDialect } from "./gateways/dialects/plain/session.ts";
import * as roomsFrames from "./gateways/dialects/rooms/frames.ts";
import { roomsDialect } from "./gateways/dialects/rooms/session.ts";
import { roomsTable } from "./gateways/dialects/rooms/table.ts";
import { oldWire } from "./gateways/documents/old-wires.ts";
import { type DialectParts, ForeignGateway, type ForeignParts } from "./gateways/foreign.ts";
import { front } from "./gateways/front.ts";
import { keysOf } from "./gateways/keys.ts";
import { addressesOf, ListenError, listen } from "./gateways/listen.ts";
import { nativeWire } from "./gateways/native/frames.ts";
import { nativeDialect } from "./gateways/native/session.ts";
import { traceOf } from "./gateways/problem.ts";
import { limited, type Rates, unlimited } from "./gateways/rates.ts";
import { restGateway } from "./gateways/rest/app.ts";
import { webAssets } from "./gateways/rest/assets.ts";
import { pageOf } from "./gateways/rest/page.ts";
import type { BunSocket } from "./gateways/socket.ts";
import { SocketGateway } from "./gateways/sockets.ts";
import { afterWork, processorTime } from "./observe/calm.ts";
import { systemClock as clock } from "./observe/clock.ts";
import { LogError, type Logs, openLogs } from "./observe/logs.ts";
import manifest from "./package.json" with { type: "json" };
import { StoreError } from "./store/errors.ts";
import { openSqlite } from "./store/sqlite/sqlite.ts";

/** A server that answers. */
interface Running {
  /** Where it answers on this machine. */
  url: string;
  observer: Observer;
  /** Writes what was said of late, without waiting: the process ends. */
  lastWords(): void;
  /** Accepts nothing more, finishes what was accepted, sends everybody away and lets the data folder go. */
  stop(): Promise<void>;
}

type Say = (line: string) => void;

const VERSION = manifest.version;
const WEB = fileURLToPath(new URL("../web/dist", import.meta.url));
const OWNER_SECRET_LENGTH = 43;
/** Characters that tell the connections of this run in the log from those of another. */
const RUN_LENGTH = 4;
/** Every protocol on a socket, for the documents. */
export const WIRES = [
  nativeWire,
  oldWire("messenger", messengerFrames),
  oldWire("broadcast", broadcastFrames),
  oldWire("rooms", roomsFrames),
  oldWire("direct", directFrames),
  oldWire("plain", plainFrames),
];
/** What dialects answer over HTTP, for the documents. */
export const TABLES = [broadcastTable, roomsTable, directTable];
/** Milliseconds that clients get to take in their last frames. */
const GRACE = 2_000;
/** Milliseconds that the doorbell gets to answer before people are let in without it. */
const DOORBELL_PATIENCE = 5_000;
/** What a start can fail of without being broken: one sentence says it. */
const KNOWN = [ConfigError, LogError, StoreError, ListenError];
/** The protocols of existing clients. */
const FOREIGN = [messengerDialect, broadcastDialect, roomsDialect, directDialect, plainDialect];
/** Says to whatever watches over this process that it is to be started again, as EX_TEMPFAIL does. */
const START_AGAIN = 75;
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Starts everything, or throws and leaves nothing behind. `say` gets a few plain lines for a person; `turned` is called
 * where what is held in memory is not true any more.
 */
async function start(config: Config, say: Say, turned: () => void): Promise<Running> {
  // The ports come first, so that a busy one does not leave a new data folder behind.
  for (const { port } of portsOf(config)) await listen(config.host, port, () => new Response()).stop(true);
  const readable = process.stdout.isTTY;
  const logs = openLogs({ level: config.logLevel, clock, readable, ...config.logs });
  const folder = resolve(config.data);
  const store = await openStore(config, folder, turned);
  try {
    say(`version ${VERSION}, data in ${config.database ? "Postgres" : folder}`);
    return await serve(config, { folder, store, logs }, say);
  } catch (error) {
    await store.close();
    throw error;
  }
}

// What speaks to other programs is loaded where it is used: a start on one file takes a quarter less, and 8 MB less.
async function openStore({ database, secretKey }: Config, folder: string, turned: () => void): Promise<Store> {
  if (!database) return openSqlite(folder);
  const { openPostgres } = await import("./store/postgres/postgres.ts");
  return openPostgres({ ...database, proof: proofOf(secretKey ?? ""), turned });
}

/** What is said before its line stands is lost, so that the first people would wait for a beat. */
async function openBus(config: Config, store: Store, say: Say): Promise<Bus> {
  const bus = await busOf(config, store);
  for (const end = performance.now() + DOORBELL_PATIENCE; performance.now() < end; await Bun.sleep(20)) {
    const ready = await bus.ready().then(
      () => true,
      () => false,
    );
    if (ready) return bus;
  }
  say("the doorbell does not answer; until it does, nodes hear each other a beat late");
  return bus;
}

/** What rings within this installation; nodes of one database hear each other, whatever timeline it is on. */
async function busOf({ doorbell }: Config, store: Store): Promise<Bus> {
  if (!doorbell) return memoryBus();
  const { remoteBus } = await import("./bus/remote.ts");
  const prefix = `parley.${store.epoch.split(".")[0]}`;
  if (doorbell.is === "redis") {
    const { redisAddress, redisBroker } = await import("./bus/redis.ts");
    return remoteBus(prefix, (heard) => redisBroker(redisAddress(doorbell.url), heard));
  }
  const { natsAddress, natsBroker } = await import("./bus/nats.ts");
  return remoteBus(prefix, (heard) => natsBroker(natsAddress(doorbell.url), heard));
}

/** What is open already. */
interface Opened {
  folder: string;
  store: Store;
  logs: Logs;
}

async function serve(config: Config, { folder, store, logs }: Opened, say: Say): Promise<Running> {
  const { observer } = logs;
  const digests = hmacDigests(obtainSecret(config.secretKey, folder));
  const bus = await openBus(config, store, say);
  let stopping = false;
  // Each port is a server of its own to the runtime, with topics of its own.
  const servers: Bun.Server<BunSocket>[] = [];
  const broadcast = broadcastBy(servers);
  const passwords = argon2Passwords();
  const chat = new Chat({ store, bus, clock, digests, passwords, broadcast, observer, limits: config.chat });
  const rates = config.rates ? limited(config.rates, clock) : unlimited;
  if (rates === unlimited) say("rate limits are off (PARLEY_RATE_LIMITS): anybody may be as fast as they like");
  const gateway = socketGateway(config, { chat, observer, rates, run: digests.random(RUN_LENGTH) });
  const limits = { bodyBytes: config.bodyBytes, page: config.chat.page };
  const state = { connections: () => gateway.connections, draining: () => stopping, counts: observer.counts };
  const { origins } = config;
  const parts = { chat, store, bus, clock, digests, observer, rates, limits, origins, version: VERSION };
  const rest = restGateway({ ...parts, ...state, wires: WIRES, tables: TABLES }, webAssets(WEB));
  const foreign = foreignGateway(config, gateway, { chat, store, broadcast, observer, digests, rates, own: rest });
  const answering = (dialect: DialectName | null) => (arrival: Arrival) =>
    arrival.path === "/socket"
      ? gateway.upgrade(arrival)
      : (foreign.answer(arrival, dialect) ?? rest(pageOf(dialect, arrival)));
  const asked = { observer, rates, callerOf: callers(config.trustedProxies, digests.random) };
  for (const { port, dialect } of portsOf(config)) {
    servers.push(listen(config.host, port, front(asked, answering(dialect)), gateway.websocket));
  }
  gateway.start();
  // 40 ms with 10,000 sockets, in which nothing else happens.
  const stopCollecting = afterWork(clock, processorTime, () => Bun.gc(true));
  const [{ port = config.port }] = servers as [Bun.Server<BunSocket>];
  const url = await announce(addressesOf(config.host, port), store, digests, say);
  for (const [at, { dialect }] of portsOf(config).entries()) {
    if (at > 0) say(`port ${servers[at]?.port}${dialect ? ` speaks ${dialect}` : ""}`);
  }
  const stop = async () => {
    stopping = true;
    stopCollecting();
    await gateway.drain();
    await until(() => gateway.connections === 0 && servers.every((one) => one.pendingRequests === 0), GRACE);
    await chat.settled();
    await Promise.all(servers.map((one) => one.stop(true)));
    await store.close();
    await logs.flush();
  };
  return { url, observer, stop, lastWords: logs.flushNow };
}

function broadcastBy(servers: readonly Bun.Server<BunSocket>[]): Broadcast {
  return {
    publish(topic, payload) {
      for (const server of servers) server.publish(topic, payload);
    },
  };
}

/** PORT first, and whatever else is listened on. */
function portsOf({ port, dialects }: Config): Listener[] {
  return [{ port, dialect: null }, ...dialects.listeners.filter((other) => other.port !== port || port === 0)];
}

type Shared = Pick<DialectParts, "chat" | "store" | "broadcast" | "digests"> &
  Pick<ForeignParts, "own" | "observer" | "rates">;

function foreignGateway(config: Config, sockets: SocketGateway, shared: Shared): ForeignGateway {
  const { dialects, socket, chat, origins, bodyBytes } = config;
  const { pendingBytes, pendingCommands } = socket;
  const limits = { name: chat.shownName, text: chat.text, pendingBytes, pendingCommands, bodyBytes };
  const newKey = keysOf(clock, shared.digests);
  const parts: DialectParts = { ...shared, clock, limits, newKey, homes: dialects.homes };
  const spoken = FOREIGN.map((dialect) => dialect(parts));
  const { observer, own } = shared;
  return new ForeignGateway({
    ...{ sockets, chat: shared.chat, observer, rates: shared.rates, own },
    ...{ names: dialects.names, dialects: spoken, origins },
  });
}

function socketGateway(
  { socket, wire }: Config,
  { chat, observer, rates, run }: { chat: Chat; observer: Observer; rates: Rates; run: string },
): SocketGateway {
  const native = nativeDialect({
    chat,
    clock,
    observer,
    rates,
    server: `parley ${VERSION}`,
    limits: { ...socket, hello: socket.helloDeadline, wire },
  });
  const limits = {
    beat: socket.beat,
    greeting: socket.unauthenticated,
    batchCloseBytes: socket.closeBytes,
    readerBytes: socket.backpressureBytes,
    returnsPerSecond: socket.returnsPerSecond,
  };
  return new SocketGateway({ chat, clock, observer, limits, run }, native);
}

/** Says where this server is, and, while nobody owns it, the link that makes an owner. */
async function announce(addresses: string[], store: Store, digests: Digests, say: Say): Promise<string> {
  const [url = ""] = addresses;
  say(`listening on ${addresses.join(" and ")}`);
  const secret = digests.random(OWNER_SECRET_LENGTH);
  if (await store.offerOwnership(digests.token(secret))) {
    say(`nobody owns this server yet; whoever opens this link first does: ${url}/#owner=${secret}`);
  }
  return url;
}

/** Resolves when it is so, or when the time is up. */
async function until(isSo: () => boolean, ms: number): Promise<void> {
  for (let waited = 0; !isSo() && waited < ms; waited += 10) await Bun.sleep(10);
}

/** What `npm start` and `parley serve` do: starts, and stops at the first signal; the second one ends it at once. */
export async function main(args: readonly string[]): Promise<void> {
  let stopping = false;
  const stop = async (why: string, code: number) => {
    stopping = true;
    tell(`stopping (${why}) …`);
    await (await starting).stop();
    process.exit(code);
  };
  // All that is known of it here may be wrong, and nothing of it is written: only a start reads everything anew.
  const turned = () => {
    if (!stopping) stop("the database has another history than before, as after a failover", START_AGAIN).catch(fail);
  };
  const starting = Promise.try(() => {
    if (args.length > 0) throw new ConfigError("serve takes no arguments; docs/configuration.md says what can be set.");
    return start(configFrom(process.env), tell, turned);
  });
  const asked = (signal: string) => {
    if (stopping) process.exit(1);
    stop(signal, 0).catch(fail);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => asked(signal));
  const { observer, lastWords } = await starting.catch(fail);
  process.on("exit", lastWords);
  // A fault in one request or frame must not end everybody's; what is durable does not rest on memory.
  const bug = (error: unknown) => observer.log("error", "bug", { error: traceOf(error) });
  process.on("uncaughtException", bug).on("unhandledRejection", bug);
}

function tell(line: string): void {
  process.stderr.write(`parley: ${line}\n`);
}

function fail(error: unknown): never {
  const known = KNOWN.some((kind) => error instanceof kind);
  tell(known ? (error as Error).message : traceOf(error));
  process.exit(1);
}

if (import.meta.main) await main(process.argv.slice(2));
