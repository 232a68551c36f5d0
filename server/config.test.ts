import { expect, test } from "bun:test";
import { ConfigError } from "./config/settings.ts";
import { VARIABLES } from "./config/variables.ts";
import { configFrom } from "./config.ts";

function complaint(env: Record<string, string>): string {
  try {
    configFrom(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "nothing";
}

test("[OPS1] without any variable everything has its documented value", () => {
  const config = configFrom({});
  expect(config).toMatchObject({ host: "0.0.0.0", port: 8000, data: "./data", origins: [], secretKey: null });
  expect(config.chat).toMatchObject({ text: 8_000, shownName: 64, handle: 32, roomName: 100, topic: 250, page: 100 });
  expect(config.socket).toMatchObject({ batchBytes: 131_072, closeBytes: 1_048_576, beat: 25_000 });
  expect(config.bodyBytes).toBe(131_072);
});

test("[OPS1] an empty variable counts as absent, and what is given is taken", () => {
  expect(configFrom({ PORT: "", HOST: "  " })).toMatchObject({ port: 8000, host: "0.0.0.0" });
  const config = configFrom({
    PORT: "0",
    LOG_LEVEL: "WARN",
    CORS_ORIGINS: "https://a.example, http://b.example:81",
    PARLEY_MAX_TEXT: "500",
  });
  expect(config).toMatchObject({ port: 0, logLevel: "warn", origins: ["https://a.example", "http://b.example:81"] });
  expect(config.chat.text).toBe(500);
});

test("[OPS1] a configuration cannot be changed, nor anything in it", () => {
  const config = configFrom({ CORS_ORIGINS: "https://a.example" });
  expect([config, config.chat, config.chat.presence.pause, config.origins, config.socket].every(Object.isFrozen)).toBe(
    true,
  );
});

test("[OPS2] a bad value is refused with its name, itself and what is allowed", () => {
  expect(complaint({ PORT: "eighty" })).toBe('PORT is "eighty"; allowed is a whole number from 0 to 65535.');
  expect(complaint({ PARLEY_BEAT_MS: "-1" })).toBe(
    'PARLEY_BEAT_MS is "-1"; allowed is a whole number from 100 to 600000 (ms).',
  );
  expect(complaint({ LOG_LEVEL: "loud" })).toBe('LOG_LEVEL is "loud"; allowed is debug, info, warn, error.');
  for (const bad of ["65536", "8000.5", "1e3", "0x50", "٨٠"]) expect(complaint({ PORT: bad })).toContain("PORT is");
  for (const bad of [
    "example.org",
    "https://example.org/",
    "ftp://example.org",
    "https://a.example https://b.example",
  ]) {
    expect(complaint({ CORS_ORIGINS: bad })).toContain("CORS_ORIGINS is");
  }
  expect(complaint({ HOST: "two words" })).toContain('HOST is "two words"');
});

test("[OPS2] a secret or a password in an address is never repeated", () => {
  expect(complaint({ SECRET_KEY: "too short" })).toBe(
    "SECRET_KEY is not understood; allowed is 32 to 512 characters without spaces.",
  );
  for (const DATABASE_URL of [
    "postgres://me:hunter2@db",
    "mysql://me:hunter2@db/parley",
    "postgres://me:hunter2@db/a b",
  ]) {
    expect(complaint({ DATABASE_URL })).toMatch(/^DATABASE_URL is not understood; allowed is sqlite, or postgres/);
    expect(complaint({ DATABASE_URL })).not.toContain("hunter2");
  }
  for (const name of ["REDIS_URL", "NATS_URL"]) {
    expect(complaint({ [name]: "http://me:hunter2@host" })).toContain(`${name} is not understood`);
    expect(complaint({ [name]: "http://me:hunter2@host" })).not.toContain("hunter2");
  }
});

test("[OPS3] an unknown PARLEY_ variable is refused with the nearest name; other programs' variables are not ours", () => {
  expect(complaint({ PARLEY_MAX_TXT: "1" })).toBe(
    "There is no variable PARLEY_MAX_TXT; the nearest is PARLEY_MAX_TEXT.",
  );
  expect(complaint({ PARLEY_BEATS: "" })).toContain("PARLEY_BEAT_MS");
  expect(complaint({ PATH: "/bin", PARLEYVOUS: "x", HOSTNAME: "h" })).toBe("nothing");
});

test("[OPS4] a doorbell without a database that nodes share is refused, and so are two of them", () => {
  const SECRET_KEY = "s".repeat(32);
  const [REDIS_URL, NATS_URL, DATABASE_URL] = [
    "redis://cache:6379",
    "nats://bell:4222",
    "postgres://me@db:5432/parley",
  ];
  expect(complaint({ REDIS_URL })).toBe(
    "REDIS_URL is set, but SQLite is for one process: several nodes need a Postgres in DATABASE_URL.",
  );
  expect(complaint({ NATS_URL, DATABASE_URL: "sqlite" })).toContain("NATS_URL is set, but SQLite");
  expect(complaint({ REDIS_URL, NATS_URL, DATABASE_URL })).toBe(
    "REDIS_URL and NATS_URL are both set; one of them rings.",
  );
  expect(complaint({ REDIS_URL: "", DATABASE_URL, SECRET_KEY })).toBe("nothing");
  expect(complaint({ DATABASE_URL })).toBe("SECRET_KEY must be set beside a Postgres, the same on every node.");
});

test("[OPS1] a Postgres, a Redis in each of its shapes and a NATS are taken as documented", () => {
  const DATABASE_URL = "postgres://me:secret@one:5432,two:5432/parley?sslmode=require";
  const base = { DATABASE_URL, SECRET_KEY: "s".repeat(32) };
  expect(configFrom({ ...base, PARLEY_DB_SCHEMA: "chat_2" })).toMatchObject({
    database: { url: DATABASE_URL, schema: "chat_2", connections: 8, patience: 10_000 },
    doorbell: null,
  });
  for (const url of [
    "redis://localhost",
    "rediss://me:pw@cache.example:6380/2",
    "redis+sentinel://:pw@a:26379,b:26379/parley",
    "redis+cluster://a:7000,b:7000",
  ]) {
    expect(configFrom({ ...base, REDIS_URL: url }).doorbell).toEqual({ is: "redis", url });
  }
  for (const url of ["redis://a,b", "redis+sentinel://a:26379", "redis://", "redis://a /1"]) {
    expect(complaint({ ...base, REDIS_URL: url })).toContain("REDIS_URL is not understood");
  }
  const url = "nats://me:pw@a:4222,b:4222";
  expect(configFrom({ ...base, NATS_URL: url }).doorbell).toEqual({ is: "nats", url });
  for (const bad of ["Parley", "1a", "a-b", "x".repeat(64)]) {
    expect(complaint({ PARLEY_DB_SCHEMA: bad })).toContain("PARLEY_DB_SCHEMA is");
  }
});

test("[OPS1] every variable's default is one that it would take", () => {
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const { fallback } = variable;
    if (fallback === null || Array.isArray(fallback)) continue;
    expect({ name, value: variable.read(String(fallback)) }).toEqual({ name, value: fallback });
  }
});

test("[DIA3] ports, the dialect of names and home rooms are taken as documented", () => {
  const { dialects } = configFrom({
    PARLEY_LISTEN: "8100=messenger, 5000=broadcast,8001",
    PARLEY_NAME_DIALECT: "plain",
    PARLEY_HOME_ROOMS: "messenger=the lobby,direct=the lobby",
  });
  expect(dialects).toEqual({
    listeners: [
      { port: 8100, dialect: "messenger" },
      { port: 5000, dialect: "broadcast" },
      { port: 8001, dialect: null },
    ],
    names: "plain",
    homes: { messenger: "the lobby", broadcast: "main", plain: "plain", direct: "the lobby" },
  });
});

test("[DIA3] what is no port, no dialect and no room is refused, and so is a port twice", () => {
  const bad = [
    ...["x", "8100=", "8100=irc", "99999", "8100 messenger", "8100,8100=plain"].map((value) => [
      "PARLEY_LISTEN",
      value,
    ]),
    ...["messenger", "rooms"].map((value) => ["PARLEY_NAME_DIALECT", value]),
    ...["messenger", "messenger=", "irc=a", "rooms=a", `plain=${"x".repeat(101)}`].map((v) => ["PARLEY_HOME_ROOMS", v]),
  ];
  for (const [name = "", value = ""] of bad) expect(() => configFrom({ [name]: value })).toThrow(name);
});

test("[RATE9] rate limits are as documented, each can be set, and off lifts them all", () => {
  const { rates } = configFrom({});
  expect(rates).toEqual({
    connection: { perSecond: 20, burst: 100 },
    person: { perSecond: 20, burst: 100 },
    address: { perSecond: 2_000, burst: 2_000 },
    signIns: { perSecond: 1_000 / 60, burst: 1_000 },
    remembered: 100_000,
  });
  const set = { PARLEY_CONNECTION_RATE: "1", PARLEY_PERSON_RATE: "2", PARLEY_BURST: "3" };
  expect(configFrom({ ...set, PARLEY_ADDRESS_RATE: "4", PARLEY_SIGN_INS: "6" }).rates).toMatchObject({
    connection: { perSecond: 1, burst: 3 },
    person: { perSecond: 2, burst: 3 },
    address: { perSecond: 4, burst: 4 },
    signIns: { perSecond: 0.1, burst: 6 },
  });
  expect(configFrom({ PARLEY_RATE_LIMITS: "OFF" }).rates).toBeNull();
  for (const name of ["PARLEY_CONNECTION_RATE", "PARLEY_PERSON_RATE", "PARLEY_BURST", "PARLEY_ADDRESS_RATE"]) {
    for (const bad of ["0", "1000001", "20/s"]) expect(complaint({ [name]: bad })).toContain(`${name} is`);
  }
  expect(complaint({ PARLEY_RATE_LIMITS: "no" })).toBe('PARLEY_RATE_LIMITS is "no"; allowed is on, off.');
});

test("[RATE6] trusted proxies are addresses and networks of both kinds, and nothing else", () => {
  const given = " 127.0.0.1,10.0.0.0/8, ::1 ,fd00::/8,";
  expect(configFrom({ PARLEY_TRUSTED_PROXIES: given }).trustedProxies).toEqual([
    ...["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"],
  ]);
  for (const bad of [
    "proxy",
    "10.0.0.0/33",
    "10.0.0.0/",
    "::/129",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "fe80::1%eth0",
    "*",
  ]) {
    expect(complaint({ PARLEY_TRUSTED_PROXIES: bad })).toContain("PARLEY_TRUSTED_PROXIES is");
  }
});

test("[OBS2] LOG_DIR is a path", () => {
  expect(configFrom({}).logs.folder).toBeNull();
  expect(configFrom({ LOG_DIR: "/var/log/parley" }).logs.folder).toBe("/var/log/parley");
  expect(complaint({ LOG_DIR: "a\0b" })).toContain("LOG_DIR is");
});
