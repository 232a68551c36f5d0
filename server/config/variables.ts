import { type DialectName, NAME_DIALECTS, type NameDialect } from "@parley/protocol/dialects";
import { KIB, MIB } from "./bytes.ts";
import { homesIn, type Listener, listenersIn, networksIn, originsIn, pathIn, urlIn } from "./values.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

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
