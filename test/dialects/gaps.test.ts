import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import { gaps as ofBroadcast } from "@parley/server/gateways/dialects/broadcast/gaps";
import { gaps as ofMessenger } from "@parley/server/gateways/dialects/messenger/gaps";
import { gaps as ofPlain } from "@parley/server/gateways/dialects/plain/gaps";
import { joinByName, native, said } from "../kit/natives.ts";
import { OldClient, timeless } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";
import { until } from "../kit/replicas.ts";

const homes = "messenger=lobby,broadcast=lobby,plain=lobby";
const env = { PARLEY_HOME_ROOMS: homes, PARLEY_LINGER_MS: "0", PARLEY_RATE_LIMITS: "off" };
const parley = new OneParley(env);
/** Somebody who has everything that the native protocol promises. */
let ada: Client;
let room = 0;

beforeAll(async () => {
  await (await DIALECTS.plain.enter("Somebody")).leave();
  ada = await native(parley.url, "Ada");
  room = await joinByName(ada, "lobby");
});
afterAll(async () => {
  ada.disconnect();
});

interface Dialect {
  enter(name: string): Promise<OldClient>;
  post(client: OldClient, text: string): void;
}

/** Somebody of a dialect who has heard that they came. */
const entering = (path: string) => async (name: string) => {
  const client = await OldClient.open(`${parley.url}/dialects/${path}/${encodeURIComponent(name)}`);
  await client.next();
  return client;
};
const bare = (client: OldClient, text: string) => client.say(text);

const DIALECTS = {
  messenger: { enter: entering("messenger/ws/chat"), post: bare },
  broadcast: { enter: entering("broadcast/ws"), post: (client, message) => client.say({ message }) },
  plain: { enter: entering("plain/ws"), post: bare },
} satisfies Record<string, Dialect>;

const inLog = async (line: string) => {
  await until(ada, () => said(ada, room).includes(line));
  return said(ada, room).filter((one) => one === line).length;
};

async function unseen(dialect: Dialect): Promise<void> {
  const { seq } = await ada.post(room, "changed later").sent;
  const bea = await dialect.enter("Bea");
  await ada.edit(room, seq, "changed");
  await ada.delete(room, seq);
  ada.typing(room, true);
  ada.markRead(room, seq);
  expect(await bea.rest()).toEqual([]);
  await bea.leave();
}

/** For each sentence that a dialect says of itself, what shows that it is so. */
const PROOFS: Record<string, (dialect: Dialect) => Promise<void>> = {
  "What was said while a client was away is not shown to it; native clients have it.": async (dialect) => {
    await (await dialect.enter("Bea")).leave();
    await ada.post(room, "while you were away").sent;
    const back = await dialect.enter("Bea");
    expect(await back.rest()).toEqual([]);
    expect(await inLog("Ada: while you were away")).toBeGreaterThan(0);
    await back.leave();
  },
  "A message that a client sends again after a lost connection is a second message.": async (dialect) => {
    const text = `said ${crypto.randomUUID()}`;
    for (let times = 0; times < 2; times++) {
      const cleo = await dialect.enter("Cleo");
      dialect.post(cleo, text);
      await cleo.next();
      await cleo.leave();
    }
    expect(await inLog(`Cleo: ${text}`)).toBe(2);
  },
  "Edits, deletions, marks and typing are not shown.": unseen,
  "Edits, deletions and marks are not shown.": unseen,
  "An acknowledged message is known only by its echo, which carries no number.": async (dialect) => {
    const dan = await dialect.enter("Dan");
    dialect.post(dan, "without a number");
    expect(timeless(await dan.next())).not.toMatch(/\d/);
    await dan.leave();
  },
  "A message of another way in may be longer than the 500 characters that are taken here.": async (dialect) => {
    const eve = await dialect.enter("Eve");
    await ada.post(room, "x".repeat(501)).sent;
    expect((await eve.json()).message).toBe("x".repeat(501));
    await eve.leave();
  },
  "Statistics of a room say null for the times of people who are not here by an old client, and name 500 at most.":
    async (dialect) => {
      const crowd = await Promise.all(Array.from({ length: 500 }, () => dialect.enter("Crowd")));
      const { user_count, users } = await (await fetch(`${parley.url}/room/lobby/stats`)).json();
      expect([user_count, users.length]).toEqual([501, 500]);
      expect(users[0]).toMatchObject({ user_name: "ada", connection_time: null, last_activity: null });
      for (const client of crowd) client.drop();
    },
};

async function proveAll(dialect: Dialect, gaps: readonly { what: string }[]): Promise<void> {
  for (const { what } of gaps) {
    expect(Object.keys(PROOFS)).toContain(what);
    await PROOFS[what]?.(dialect);
  }
}

test("[DIA23] plain: what its wire cannot carry is said of it, and is so", () => proveAll(DIALECTS.plain, ofPlain));

test("[DIA38] messenger: what its wire cannot carry is said of it, and is so", () =>
  proveAll(DIALECTS.messenger, ofMessenger));

test(
  "[DIA49] broadcast: what its wire cannot carry is said of it, and is so",
  () => proveAll(DIALECTS.broadcast, ofBroadcast),
  20_000,
);
