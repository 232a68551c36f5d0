import { isIP } from "node:net";
import { DIALECTS, type DialectName, NAME_DIALECTS, type NameDialect } from "@parley/protocol/dialects";
import type { WireLimits } from "@parley/protocol/frames";
import type { RateLimits } from "./core/bucket.ts";
import type { ChatLimits } from "./core/chat.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the sockets of every protocol are held to. */
export interface SocketLimits {
  /** Bytes of one batch. A larger one is answered with `too_large`. */
  batchBytes: number;
  /** Bytes of one batch above which the socket is closed. */
  closeBytes: number;
  /** Bytes that may wait for a reader before its line is cut, to be resumed. */
  backpressureBytes: number;
  /** Milliseconds between two beats. */
  beat: number;
  /** Milliseconds in which a new socket must have said who it is. */
  helloDeadline: number;
  /** Sockets of one address that have not said who they are, at once. */
  unauthenticated: number;
  /** Commands of one socket that wait for their answer, in bytes and in number. */
  pendingBytes: number;
  pendingCommands: number;
  /** Cursors with which one socket may resume. */
  cursors: number;
  /** After a stop, clients are told to come back at times so far apart that no more come in a second. */
  returnsPerSecond: number;
}

/** A further port, and the dialect that it speaks where the address of a request leaves it open. */
export interface Listener {
  port: number;
  dialect: DialectName | null;
}

/** How a Postgres is reached. */
export interface DatabaseConfig {
  url: string;
  schema: string;
  connections: number;
  /** Milliseconds. */
  patience: number;
}

/** How the protocols of existing clients are told apart, and where they lead. */
export interface DialectConfig {
  /** Ports besides PORT. */
  listeners: readonly Listener[];
  /** What `/ws/<name>` speaks where nothing else says so. */
  names: NameDialect;
  /** The room that everybody of a dialect enters, by its name. */
  homes: Readonly<Partial<Record<DialectName, string>>>;
}

/** Where lines of the log are put besides the standard output. */
export interface LogConfig {
  /** Null where they are not. */
  folder: string | null;
  /** Bytes of a file, how many files of each kind are kept, and characters that may wait to be written to one. */
  limits: { bytes: number; files: number; waiting: number };
}

/** Everything that can differ between two installations, and every limit. Made once, never changed. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Folder of everything durable, as it was given. */
  readonly data: string;
  /** The Postgres that holds everything durable; null where a SQLite file in the data folder does. */
  readonly database: Readonly<DatabaseConfig> | null;
  /** What rings between nodes; null where there is one. */
  readonly doorbell: { readonly is: "redis" | "nats"; readonly url: string } | null;
  /** Origins of other sites whose pages may call this server; `*` is any. */
  readonly origins: readonly string[];
  /** Null where the key is kept in the data folder. */
  readonly secretKey: string | null;
  readonly logLevel: LogLevel;
  readonly logs: Readonly<LogConfig>;
  /** Null where nobody is limited. */
  readonly rates: Readonly<RateLimits> | null;
  /** Addresses and networks whose word on whom they speak for is believed. */
  readonly trustedProxies: readonly string[];
  /** Bytes of one HTTP request's body. */
  readonly bodyBytes: number;
  readonly chat: Readonly<ChatLimits>;
  readonly socket: Readonly<SocketLimits>;
  readonly dialects: Readonly<DialectConfig>;
  /** What clients are told of all this. */
  readonly wire: Readonly<WireLimits>;
}

/** A variable that cannot be understood; its message is the one sentence to show. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** One environment variable. `read` answers undefined for what is not allowed. */
export interface Variable<T> {
  about: string;
  allowed: string;
  fallback: T;
  /** What the table of variables shows as its default. */
  shown: string;
  read(text: string): T | undefined;
  /** Its value is never repeated, not even in a complaint. */
  secret?: true;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const HOMES: Partial<Record<DialectName, string>> = { messenger: "messenger", broadcast: "main", plain: "plain" };

const REDIS = /^(rediss?:\/\/[^/,\s]+(\/\d*)?|rediss?\+sentinel:\/\/[^/\s]+\/[^/\s]+|rediss?\+cluster:\/\/[^/\s]+\/?)$/;

/** The table of variables. The documentation is made from it. */
export const VARIABLES = {
  HOST: {
    about: "Address to listen on.",
    allowed: "an address or a host name of this machine",
    fallback: "0.0.0.0",
    shown: "`0.0.0.0`",
    read: (text: string) => (/^[A-Za-z0-9.:_%-]+$/.test(text) ? text : undefined),
  },
  PORT: whole(8000, "", 0, 65_535, "Port to listen on; 0 takes any free one."),
  DATABASE_URL: {
    about: "Where the log is. SQLite keeps its file in `PARLEY_DATA`, for one process; several may share a Postgres.",
    allowed: "`sqlite`, or `postgres://user:password@host:port/database`, several hosts separated by commas",
    fallback: "sqlite",
    shown: "`sqlite`",
    read: (text: string) => (/^sqlite:?$/i.test(text) ? "sqlite" : urlIn(text, /^postgres(ql)?:\/\/[^/\s]+\/\S+$/)),
    secret: true,
  },
  REDIS_URL: {
    about: "Redis that rings between nodes which share a Postgres.",
    allowed:
      "`redis://host:port`, `rediss://` with TLS, `redis+sentinel://host,host/master` or `redis+cluster://host,host`, each with `user:password@`",
    fallback: null as string | null,
    shown: "none",
    read: (text: string) => urlIn(text, REDIS),
    secret: true,
  },
  NATS_URL: {
    about: "NATS that rings between nodes which share a Postgres.",
    allowed: "`nats://host:port` or `tls://`, with `user:password@` or `token@`, several separated by commas",
    fallback: null as string | null,
    shown: "none",
    read: (text: string) => urlIn(text, /^(nats|tls):\/\/[^/\s]+$/),
    secret: true,
  },
  CORS_ORIGINS: {
    about: "Other sites whose pages may call this server, separated by commas.",
    allowed: "origins such as `https://example.org`, separated by commas, or `*`",
    fallback: [] as string[],
    shown: "none",
    read: originsIn,
  },
  SECRET_KEY: {
    about:
      "Key of every digest. Another key signs everybody out. Without it one is made into `PARLEY_DATA/secret.key`.",
    allowed: "32 to 512 characters without spaces",
    fallback: null as string | null,
    shown: "made at first start",
    read: (text: string) => (/^[\x21-\x7e]{32,512}$/.test(text) ? text : undefined),
    secret: true,
  },
  LOG_LEVEL: {
    about: "What is logged, as JSON lines on the standard output: this and everything worse.",
    allowed: LOG_LEVELS.map((level) => `\`${level}\``).join(", "),
    fallback: "info" as LogLevel,
    shown: "`info`",
    read: (text: string) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
  },
  LOG_DIR: {
    about:
      "Folder for `access.log`, `error.log` and `websocket.log`, of 10 MB each, five of each. It is made when it is missing; one server uses it.",
    allowed: "a path",
    fallback: null as string | null,
    shown: "the standard output alone",
    read: pathIn,
  },
  PARLEY_DATA: {
    about: "Folder of everything that is kept. It is made when it is missing; one process at a time uses it.",
    allowed: "a path",
    fallback: "./data",
    shown: "`./data`",
    read: pathIn,
  },
  PARLEY_MAX_TEXT: whole(8_000, "code points", 1, 10_000, "Longest message."),
  PARLEY_MAX_GROUP: whole(256, "people", 2, 10_000, "Largest group."),
  PARLEY_MAX_PAGE: whole(100, "rows", 10, 1_000, "Largest page of history, rooms, members or conversations."),
  PARLEY_BEAT_MS: whole(25_000, "ms", 100, 600_000, "Time between two beats; a client silent for two is dropped."),
  PARLEY_HELLO_MS: whole(10_000, "ms", 100, 600_000, "Time in which a new socket must say who it is."),
  PARLEY_MAX_STRANGERS: whole(
    1_000,
    "sockets",
    1,
    1_000_000,
    "Sockets of one address that have not said who they are yet, at once.",
  ),
  PARLEY_SLOW_READER_BYTES: whole(
    MIB,
    "bytes",
    128 * KIB,
    64 * MIB,
    "What may wait for one slow reader before its line is cut, to be resumed.",
  ),
  PARLEY_RESUME_ENTRIES: whole(1_000, "entries", 10, 100_000, "Largest gap that a resume fills entry by entry."),
  PARLEY_TAIL_BYTES: whole(
    64 * MIB,
    "bytes",
    MIB,
    64 * KIB * MIB,
    "Memory for the newest entries of all conversations together.",
  ),
  PARLEY_LISTEN: {
    about:
      "Further ports. One with a dialect speaks it wherever the address of a request leaves open which is meant, and shows its page at `/`.",
    allowed: "ports such as `8100=messenger,5000=broadcast,8001`, separated by commas",
    fallback: [] as Listener[],
    shown: "none",
    read: listenersIn,
  },
  PARLEY_NAME_DIALECT: {
    about: "What `/ws/<name>` speaks on a port without a dialect: nothing in that handshake tells.",
    allowed: NAME_DIALECTS.map((name) => `\`${name}\``).join(" or "),
    fallback: "broadcast" as NameDialect,
    shown: "`broadcast`",
    read: (text: string) => NAME_DIALECTS.find((name) => name === text),
  },
  PARLEY_HOME_ROOMS: {
    about:
      "Public room that everybody of a dialect enters, by name; dialects with the same room talk to each other. `direct` has one only where it is named here.",
    allowed: "rooms such as `messenger=lobby,plain=lobby`, separated by commas",
    fallback: null as Partial<Record<DialectName, string>> | null,
    shown: "`messenger=messenger,broadcast=main,plain=plain`",
    read: homesIn,
  },
  PARLEY_LINGER_MS: whole(10_000, "ms", 0, 600_000, "Time that somebody stays present after their last socket."),
  PARLEY_DB_SCHEMA: {
    about: "Schema in Postgres that holds everything of this installation. It is made when it is missing.",
    allowed: "a name of small letters, digits and `_`",
    fallback: "parley",
    shown: "`parley`",
    read: (text: string) => (/^[a-z_][a-z0-9_]{0,62}$/.test(text) ? text : undefined),
  },
  PARLEY_DB_CONNECTIONS: whole(8, "connections", 2, 1_000, "Connections of this node to Postgres."),
  PARLEY_DB_PATIENCE_MS: whole(
    10_000,
    "ms",
    500,
    300_000,
    "Time after which a question to Postgres that got no answer is given up, and refused as `unavailable`.",
  ),
  PARLEY_RATE_LIMITS: {
    about: "Whether the limits below hold. `off` lifts every one of them: for load tests and closed networks.",
    allowed: "`on`, `off`",
    fallback: "on" as "on" | "off",
    shown: "`on`",
    read: (text: string) => (["on", "off"] as const).find((one) => one === text.toLowerCase()),
  },
  PARLEY_CONNECTION_RATE: whole(20, "a second", 1, 1_000_000, "Commands of one connection."),
  PARLEY_PERSON_RATE: whole(20, "a second", 1, 1_000_000, "Commands and requests of one person, on all ways in."),
  PARLEY_BURST: whole(100, "commands", 1, 1_000_000, "What a connection, and a person, may do at once after a rest."),
  PARLEY_ADDRESS_RATE: whole(
    2_000,
    "a second",
    1,
    1_000_000,
    "Commands and requests from one address, of IPv6 from one /64 network.",
  ),
  PARLEY_SIGN_INS: whole(
    1_000,
    "a minute",
    1,
    10_000_000,
    "New guests, handshakes of old clients without a token, and wrong tokens, from one address. Whoever comes back with a good token does not count.",
  ),
  PARLEY_TRUSTED_PROXIES: {
    about:
      "Proxies in front of this server, whose `X-Forwarded-For`, `-Host`, `-Proto` and `X-Request-Id` are believed. Without it the clients of a proxy share one address, and so its limits.",
    allowed: "addresses or networks such as `127.0.0.1` and `10.0.0.0/8`, separated by commas",
    fallback: [] as string[],
    shown: "none",
    read: networksIn,
  },
} satisfies Record<string, Variable<unknown>>;

type Name = keyof typeof VARIABLES;
type Environment = Record<string, string | undefined>;

/** Pure: the configuration that this environment asks for. An empty variable counts as absent. Throws ConfigError. */
export function configFrom(env: Environment): Config {
  refuseForeign(env);
  const of: Settings = (name) => settingOf(name, env);
  const chat = chatLimits(of);
  const socket = socketLimits(of);
  const { text, roomName: room_name, shownName: shown_name, handle, page } = chat;
  return freeze({
    host: of("HOST"),
    port: of("PORT"),
    data: of("PARLEY_DATA"),
    ...shared(of),
    origins: of("CORS_ORIGINS"),
    secretKey: of("SECRET_KEY"),
    logLevel: of("LOG_LEVEL"),
    logs: { folder: of("LOG_DIR"), limits: { bytes: 10 * MIB, files: 5, waiting: 4 * MIB } },
    rates: of("PARLEY_RATE_LIMITS") === "off" ? null : rateLimits(of),
    trustedProxies: of("PARLEY_TRUSTED_PROXIES"),
    bodyBytes: 128 * KIB,
    chat,
    socket,
    dialects: {
      listeners: of("PARLEY_LISTEN"),
      names: of("PARLEY_NAME_DIALECT"),
      homes: { ...HOMES, ...of("PARLEY_HOME_ROOMS") },
    },
    wire: { text, room_name, shown_name, handle, page, batch_bytes: socket.batchBytes },
  });
}

type Settings = <N extends Name>(name: N) => (typeof VARIABLES)[N]["fallback"];

/** Where several nodes meet. */
function shared(of: Settings): Pick<Config, "database" | "doorbell"> {
  const [url, redis, nats] = [of("DATABASE_URL"), of("REDIS_URL"), of("NATS_URL")];
  if (redis && nats) throw new ConfigError("REDIS_URL and NATS_URL are both set; one of them rings.");
  const doorbell = redis ? ({ is: "redis", url: redis } as const) : nats ? ({ is: "nats", url: nats } as const) : null;
  if (url === "sqlite" && doorbell) {
    const name = redis ? "REDIS_URL" : "NATS_URL";
    throw new ConfigError(
      `${name} is set, but SQLite is for one process: several nodes need a Postgres in DATABASE_URL.`,
    );
  }
  const database = {
    url,
    schema: of("PARLEY_DB_SCHEMA"),
    connections: of("PARLEY_DB_CONNECTIONS"),
    patience: of("PARLEY_DB_PATIENCE_MS"),
  };
  if (url === "sqlite") return { database: null, doorbell: null };
  if (of("SECRET_KEY") !== null) return { database, doorbell };
  throw new ConfigError("SECRET_KEY must be set beside a Postgres, the same on every node.");
}

function socketLimits(of: Settings): SocketLimits {
  return {
    batchBytes: 128 * KIB,
    closeBytes: MIB,
    backpressureBytes: of("PARLEY_SLOW_READER_BYTES"),
    beat: of("PARLEY_BEAT_MS"),
    helloDeadline: of("PARLEY_HELLO_MS"),
    unauthenticated: of("PARLEY_MAX_STRANGERS"),
    pendingBytes: MIB,
    pendingCommands: 4_096,
    cursors: 10_000,
    returnsPerSecond: 1_000,
  };
}

function rateLimits(of: Settings): RateLimits {
  const [burst, address, signIns] = [of("PARLEY_BURST"), of("PARLEY_ADDRESS_RATE"), of("PARLEY_SIGN_INS")];
  return {
    connection: { perSecond: of("PARLEY_CONNECTION_RATE"), burst },
    person: { perSecond: of("PARLEY_PERSON_RATE"), burst },
    address: { perSecond: address, burst: address },
    signIns: { perSecond: signIns / 60, burst: signIns },
    remembered: 100_000,
  };
}

/** What a resume may say at once, so that it never cuts the slow reader whom it waits for: they would come back for ever. */
export function resumeBytes(readerBytes: number): number {
  return Math.min(256 * KIB, Math.floor(readerBytes / 4));
}

function chatLimits(of: Settings): ChatLimits {
  return {
    text: of("PARLEY_MAX_TEXT"),
    // Code points.
    shownName: 64,
    handle: 32,
    roomName: 100,
    topic: 250,
    groupMembers: of("PARLEY_MAX_GROUP"),
    page: of("PARLEY_MAX_PAGE"),
    // People of one request, conversations that one socket looks at, writes of one commit.
    people: 200,
    looks: 100,
    commitWrites: 1_000,
    // Bytes.
    resumeWaiting: resumeBytes(of("PARLEY_SLOW_READER_BYTES")),
    tailBytes: of("PARLEY_TAIL_BYTES"),
    access: {
      // Code points.
      passwordLeast: 8,
      passwordMost: 256,
      tokens: 32,
      // So many at once, and one more after so many milliseconds.
      guesses: { most: 10, each: 30_000 },
      guessesOfAll: { most: 100, each: 30_000 },
    },
    feed: { resumeEntries: of("PARLEY_RESUME_ENTRIES"), resumeBytes: resumeBytes(of("PARLEY_SLOW_READER_BYTES")) },
    // Milliseconds, but for the number of people up to which they are named.
    presence: {
      named: 100,
      linger: of("PARLEY_LINGER_MS"),
      typingLease: 6_000,
      pause: { small: 250, large: 2_000 },
      elsewhere: { sign: 2_000, dead: 6_000, again: 30_000 },
    },
  };
}

function settingOf<N extends Name>(name: N, env: Environment): (typeof VARIABLES)[N]["fallback"] {
  const variable: Variable<unknown> = VARIABLES[name];
  const text = env[name]?.trim();
  const value = text ? variable.read(text) : variable.fallback;
  if (value !== undefined) return value as (typeof VARIABLES)[N]["fallback"];
  const given = variable.secret ? "not understood" : JSON.stringify(text);
  throw new ConfigError(`${name} is ${given}; allowed is ${variable.allowed.replaceAll("`", "")}.`);
}

function refuseForeign(env: Environment): void {
  const unknown = Object.keys(env).find((name) => name.startsWith("PARLEY_") && !Object.hasOwn(VARIABLES, name));
  if (unknown) throw new ConfigError(`There is no variable ${unknown}; the nearest is ${nearestTo(unknown)}.`);
}

function nearestTo(name: string): string {
  const known = Object.keys(VARIABLES).filter((other) => other.startsWith("PARLEY_"));
  return known.reduce((best, other) => (distance(name, other) < distance(name, best) ? other : best));
}

/** How many letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, changed));
    }
    row = next;
  }
  return row[b.length] as number;
}

function whole(fallback: number, unit: string, from: number, to: number, about: string): Variable<number> {
  const range = `a whole number from ${from} to ${to}`;
  return {
    about,
    allowed: unit ? `${range} (${unit})` : range,
    fallback,
    shown: unit ? `${fallback} ${unit}` : String(fallback),
    read: (text) => {
      const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
      return value >= from && value <= to ? value : undefined;
    },
  };
}

function listenersIn(text: string): Listener[] | undefined {
  const listeners = partsOf(text).map((part): Listener | undefined => {
    const [, digits = "", , name] = /^(\d{1,5})(=([a-z]+))?$/.exec(part) ?? [];
    const dialect = name === undefined ? null : DIALECTS.find((one) => one === name);
    const port = Number(digits);
    return digits === "" || port > 65_535 || dialect === undefined ? undefined : { port, dialect };
  });
  const ports = new Set(listeners.map((listener) => listener?.port || Symbol()));
  return ports.size === listeners.length ? allOf(listeners) : undefined;
}

function homesIn(text: string): Partial<Record<DialectName, string>> | undefined {
  const homes = partsOf(text).map((part): [DialectName, string] | undefined => {
    const [, name, room] = /^([a-z]+)=(\S(?:.{0,98}\S)?)$/u.exec(part) ?? [];
    const dialect = DIALECTS.find((one) => one === name && one !== "rooms");
    return dialect && room !== undefined ? [dialect, room] : undefined;
  });
  const all = allOf(homes);
  return all && Object.fromEntries(all);
}

function partsOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function allOf<T>(values: (T | undefined)[]): T[] | undefined {
  return values.some((value) => value === undefined) ? undefined : (values as T[]);
}

function pathIn(text: string): string | undefined {
  return text.includes("\0") ? undefined : text;
}

function networksIn(text: string): string[] | undefined {
  const networks = text
    .split(",")
    .map((network) => network.trim())
    .filter((network) => network !== "");
  return networks.every(isNetwork) ? networks : undefined;
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function urlIn(text: string, shape: RegExp): string | undefined {
  return shape.test(text) ? text : undefined;
}

function originsIn(text: string): string[] | undefined {
  const origins = partsOf(text);
  return origins.every((origin) => origin === "*" || isOrigin(origin)) ? origins : undefined;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.parse(text)?.origin === text;
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (inner !== null && typeof inner === "object") freeze(inner);
  return Object.freeze(value);
}
