import { afterAll, beforeAll, expect, test } from "bun:test";
import { joinByName, native } from "../kit/natives.ts";
import { frozen, OldClient, timeless } from "../kit/old-client.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { byDialect, byNative, byNumber, byRest, OLD_WAYS, type Way } from "../kit/ways.ts";

const ROOM = "lobby";
const LINGER = 100;
const env = {
  PARLEY_LINGER_MS: `${LINGER}`,
  PARLEY_SLOW_READER_BYTES: `${1 << 20}`,
  PARLEY_HOME_ROOMS: `messenger=${ROOM},broadcast=${ROOM},plain=${ROOM},direct=${ROOM}`,
};
const folder = temporaryFolder();
let server: ServerProcess;
/** The room that they all share, which is there once somebody came. */
let room = 0;

beforeAll(async () => {
  server = new ServerProcess({ port: await freePort(), data: folder.path, env });
  await server.start();
  const first = await OldClient.open(`${server.url}/ws/chat/first`);
  await first.next();
  await first.leave();
  const finder = await native(server.url, "finder");
  room = await joinByName(finder, ROOM);
  finder.disconnect();
});
afterAll(async () => {
  await server.kill();
  folder.remove();
});

/** Resolves once this is so, and fails after a while. */
async function eventually(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (const late = Date.now() + 15_000; !(await isSo()); await Bun.sleep(30)) {
    if (Date.now() > late) throw new Error(`${what} in vain.`);
  }
}

test("[DIA110] a room that all ways in share shows everybody's messages to everybody, each once and in the order of its log", async () => {
  const old = await Promise.all(OLD_WAYS.map((dialect) => byDialect(server.url, dialect, `${dialect}er`, room)));
  const ways: Way[] = [
    ...old,
    await byNumber(server.url, 7, room),
    await byNative(server.url, "natalie", ROOM),
    await byRest(server.url, "restine", room),
  ];
  const each = 25;
  const talk = async (way: Way) => {
    for (let n = 0; n < each; n++) await way.say(`${way.name} says ${n} <b>&`);
  };
  await Promise.all(ways.map(talk));
  const all = ways.length * each;
  await eventually(async () => {
    const heard = await Promise.all(ways.map((way) => way.heard()));
    return heard.every(({ length }) => length >= all);
  }, `Waited for ${all} messages everywhere`);
  const log = await (ways.at(-1) as Way).heard();
  expect(new Set(log).size).toBe(all);
  for (const way of ways) {
    const own = log.filter((line) => line.startsWith(`${way.name}: `));
    expect(own).toEqual(Array.from({ length: each }, (_, n) => `${way.name}: ${way.name} says ${n} <b>&`));
    expect([way.name, await way.heard()]).toEqual([way.name, log]);
  }
  for (const way of ways) way.leave();
}, 40_000);

test("[DIA113] who comes and goes by one way in is told by all others once, each in its own words", async () => {
  const paths = { plain: "/dialects/plain/ws/", broadcast: "/dialects/broadcast/ws/", messenger: "/ws/chat/" };
  const open = (dialect: keyof typeof paths, name: string) => OldClient.open(`${server.url}${paths[dialect]}${name}`);
  const watchers = {
    plain: await open("plain", "wplain"),
    broadcast: await open("broadcast", "wbroadcast"),
    messenger: await open("messenger", "wmessenger"),
    rooms: await OldClient.open(`${server.url}/ws/chat/${room}?username=wrooms`),
  };
  const heard = () =>
    Promise.all(
      Object.entries(watchers).map(async ([dialect, watcher]) => {
        return `${dialect} ${(await watcher.rest()).map(timeless).join()}`;
      }),
    );
  await heard();
  const told = (name: string, did: string) => [
    `plain System: ${name} has ${did} the chat`,
    `broadcast {"type":"user_${did}","user_name":"${name}","message":"${name} ${did} the chat","timestamp":…}`,
    `messenger {"type":"system","username":"${name}","text":"${name} ${did} the chat","timestamp":…}`,
    `rooms {"type":"${did === "joined" ? "join" : "leave"}","username":"${name}","content":"${name} ${did} the room","timestamp":null}`,
  ];
  for (const dialect of ["plain", "broadcast", "messenger"] as const) {
    const guest = await open(dialect, `by_${dialect}`);
    expect(await heard()).toEqual(told(`by_${dialect}`, "joined"));
    await guest.leave();
    expect(await heard()).toEqual(told(`by_${dialect}`, "left"));
  }
  const nina = await byNative(server.url, "nina", ROOM);
  expect(await heard()).toEqual(told("nina", "joined"));
  nina.leave();
  await Bun.sleep(LINGER);
  expect(await heard()).toEqual(told("nina", "left"));
  for (const watcher of Object.values(watchers)) await watcher.leave();
}, 20_000);

test("[DIA114] an old client that does not read holds up nobody, and is cut", async () => {
  const enter = async (name: string) => {
    const client = await OldClient.open(`${server.url}/dialects/plain/ws/${name}`);
    await client.next();
    return client;
  };
  const [talker, listener] = [await enter("talker"), await enter("listener")];
  const end = await frozen(`${server.url}/dialects/plain/ws/sleeper`);
  const isCut = () => listener.heard.includes("System: sleeper has left the chat");
  let said = 0;
  const echoes = () => listener.heard.filter((line) => line.startsWith("talker: "));
  while (!isCut() && said < 5_000) {
    for (let n = 0; n < 50; n++) talker.say(`${said++} ${"x".repeat(7_000)}`);
    await eventually(async () => echoes().length === said, `Waited for ${said} lines`);
  }
  expect(isCut()).toBe(true);
  expect(echoes().map((line) => Number(line.split(" ")[1]))).toEqual(Array.from({ length: said }, (_, n) => n));
  end();
  for (const client of [talker, listener]) await client.leave();
}, 30_000);

/** Somebody who goes on talking by a dialect while the server comes and goes, and what they were shown in each life. */
class Regular {
  readonly lives: Way[] = [];
  readonly #name: string;
  readonly #come: () => Promise<Way>;
  #count = 0;

  constructor(name: string, come: () => Promise<Way>) {
    this.#name = name;
    this.#come = come;
  }

  /** Talks until the server is gone; nothing is said twice. */
  async talk(goesOn: () => boolean): Promise<void> {
    const way = await this.#come();
    while (goesOn()) {
      await way.say(`${this.#name} ${this.#count++}`);
      await Bun.sleep(55 + Math.random() * 10);
    }
    this.lives.push(way);
    way.leave();
  }
}

function placeOf(places: ReadonlyMap<string, number>, line: string): number {
  const place = places.get(line);
  if (place === undefined) throw new Error(`"${line}" was shown, and is not in the log.`);
  return place;
}

test("[DIA111] a server that is killed while all talk has everything afterwards that anybody was shown, once and in that order", async () => {
  const nadia = await byNative(server.url, "nadia", ROOM);
  const old = OLD_WAYS.map(
    (dialect) => new Regular(`${dialect}ist`, () => byDialect(server.url, dialect, `${dialect}ist`, room)),
  );
  const number = new Regular("number", () => byNumber(server.url, 8, room));
  let posting = true;
  const acknowledged: string[] = [];
  const nadiaTalks = (async () => {
    for (let n = 0; posting; n++) {
      await nadia.say(`nadia ${n}`);
      acknowledged.push(`nadia: nadia ${n}`);
      await Bun.sleep(60);
    }
  })();
  for (let kill = 0; kill < 3; kill++) {
    let alive = true;
    const talking = [...old, number].map((regular) => regular.talk(() => alive));
    await Bun.sleep(600 + Math.random() * 300);
    await server.kill();
    alive = false;
    await Promise.all(talking);
    await server.start();
  }
  posting = false;
  await nadiaTalks;
  const rest = await byRest(server.url, "auditor", room);
  const log = await rest.heard();
  expect(new Set(log).size).toBe(log.length);
  const places = new Map(log.map((line, at) => [line, at]));
  const shown = async (way: Way) => (await way.heard()).map((line) => placeOf(places, line));
  for (const line of acknowledged) expect([line, places.has(line)]).toEqual([line, true]);
  for (const way of old.flatMap(({ lives }) => lives)) {
    const at = await shown(way);
    expect(at.length).toBeGreaterThan(10);
    // A stretch of the log without a gap: nothing is lost, doubled or turned round.
    expect(at).toEqual(at.map((_, n) => (at[0] as number) + n));
  }
  for (const way of number.lives) {
    const at = await shown(way);
    expect(at.length).toBeGreaterThan(10);
    expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
  }
  expect(await nadia.heard()).toEqual(log);
  for (const way of [nadia, rest]) way.leave();
}, 60_000);
