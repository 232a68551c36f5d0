import type { DialectName, NameDialect } from "@parley/protocol/dialects";
import type { WireLimits } from "@parley/protocol/frames";
import { BODY_BYTES, chatLimits, LOG_LIMITS, rateLimits, type SocketLimits, socketLimits } from "./config/limits.ts";
import { ConfigError, type Environment, type Settings, settingsOf } from "./config/settings.ts";
import type { Listener } from "./config/values.ts";
import type { LogLevel } from "./config/variables.ts";
import type { RateLimits } from "./core/bucket.ts";
import type { ChatLimits } from "./core/chat.ts";

const HOMES: Partial<Record<DialectName, string>> = { messenger: "messenger", broadcast: "main", plain: "plain" };

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
  limits: typeof LOG_LIMITS;
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

/** Pure: the configuration that this environment asks for. An empty variable counts as absent. Throws ConfigError. */
export function configFrom(env: Environment): Config {
  const of = settingsOf(env);
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
    logs: { folder: of("LOG_DIR"), limits: LOG_LIMITS },
    rates: of("PARLEY_RATE_LIMITS") === "off" ? null : rateLimits(of),
    trustedProxies: of("PARLEY_TRUSTED_PROXIES"),
    bodyBytes: BODY_BYTES,
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

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (inner !== null && typeof inner === "object") freeze(inner);
  return Object.freeze(value);
}
