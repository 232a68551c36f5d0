import { afterAll, expect, test } from "bun:test";
import { CLOSES } from "@parley/protocol/closes";
import type { CursorRow } from "@parley/protocol/cursor";
import { memoryBus } from "@parley/server/bus/memory";
import { configFrom } from "@parley/server/config";
import type { Bus } from "@parley/server/core/ports";
import { memoryStore } from "@parley/server/store/memory/memory";
import { Line, secretOf, startNode } from "../kit/node.ts";
import { Stage } from "../kit/stage.ts";

const codeOf = (done: Promise<unknown>) => done.then(() => "done").catch((error) => error.code);
const secret = (letter: string) => letter.repeat(40);
const node = startNode();
afterAll(() => node.stop());

function setting(stage: Stage, user: Awaited<ReturnType<Stage["person"]>>) {
  return (password: string, old?: string, key = stage.key()) =>
    stage.chat.run({ user }, "set_password", old === undefined ? { key, password } : { key, password, old });
}

test("[PEO21] a password makes a guest a member, in their own eyes and in everything that they are in, once", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const room = await stage.room(ada, ben);
  const [adas, bens] = [await stage.seat(ada), await stage.seat(ben)];
  const { person } = await setting(stage, ada)("a good password");
  expect(person).toMatchObject({ id: ada.id, kind: "member", role: "member" });
  await stage.settle();
  expect(adas.entries(ada.inbox).map(({ kind }) => kind)).toEqual(["secured", "profiled"]);
  expect(adas.connection.user).toMatchObject({ kind: "member" });
  expect(bens.entries(room)).toMatchObject([{ kind: "profiled", body: { person: { id: ada.id, kind: "member" } } }]);
  await setting(stage, adas.connection.user)("another password", "a good password");
  await stage.settle();
  expect(bens.entries(room)).toHaveLength(1);
});

test("[PEO21] another password takes the old one, and a key does it once", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  const set = setting(stage, ada);
  await set("first password", undefined, "one");
  expect(await codeOf(set("second password"))).toBe("wrong_password");
  expect(await codeOf(set("second password", "not the first"))).toBe("wrong_password");
  expect(await codeOf(set("second password", "first password", "two"))).toBe("done");
  expect(await codeOf(set("second password", "first password", "two"))).toBe("done");
  expect(await codeOf(set("third password", "second password", "two"))).toBe("key_reused");
  expect(await codeOf(set("first password", undefined, "one"))).toBe("key_reused");
  expect(
    await codeOf(stage.chat.access.signIn({ name: "ada", password: "second password", secret: secret("s") }, "")),
  ).toBe("done");
});

test("[PEO21] a password has 8 to 256 characters, counted in code points, and is none of one's names", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada Lovelace");
  const set = setting(stage, ada);
  for (const bad of ["", "sevenff", "x".repeat(257), "ADA LOVELACE", "ada.lovelace", `\ud800${"x".repeat(9)}`]) {
    expect({ bad, code: await codeOf(set(bad)) }).toEqual({ bad, code: "bad_password" });
  }
  expect(await stage.store.passwordOf(ada.id)).toBeNull();
  expect(await codeOf(set("😀".repeat(8)))).toBe("done");
  expect(await codeOf(set("é".repeat(256), "😀".repeat(8)))).toBe("done");
  const typed = { name: "Ada Lovelace", password: "e\u0301".repeat(256), secret: secret("s") };
  expect((await stage.chat.access.signIn(typed, "")).id).toBe(ada.id);
});

test("[PEO21] whose names lapsed and went to somebody else claims neither by a password; nor does anybody an open person", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  await stage.store.enrol({
    name: "Ada",
    handles: ["other"],
    tokenHash: "x",
    time: stage.clock.now() + 40 * 86_400_000,
  });
  expect(await codeOf(setting(stage, ada)("a good password"))).toBe("name_taken");
  expect(await codeOf(setting(stage, await stage.chat.people.open("Ben"))("a good password"))).toBe("forbidden");
});

test("[PEO21] of two who set the first password at once one wins, and the other has to know it", async () => {
  const store = memoryStore();
  const [one, two] = [new Stage({ store }), new Stage({ store })];
  const ada = await one.person("Ada");
  const done = await Promise.all([
    codeOf(setting(one, ada)("password one", undefined, "a")),
    codeOf(setting(two, ada)("password two", undefined, "b")),
  ]);
  expect(done.sort()).toEqual(["done", "wrong_password"]);
});

test("[PEO22] a shown or unique name and the password sign in, with a secret that becomes a token", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada Lund");
  await setting(stage, ada)("a good password");
  const signIn = (name: string, password: string, letter: string) =>
    stage.chat.access.signIn({ name, password, secret: secret(letter) }, "here");
  for (const [name, letter] of [
    ["Ada Lund", "a"],
    ["ADA LUND", "b"],
    ["ada.lund", "c"],
    ["ada.lund", "c"],
  ] as const) {
    expect((await signIn(name, "a good password", letter)).id).toBe(ada.id);
    expect((await stage.chat.people.byToken(secret(letter))).id).toBe(ada.id);
  }
  expect(await codeOf(signIn("Ada Lund", "a bad password", "d"))).toBe("wrong_password");
  expect(await codeOf(signIn("Nobody", "a good password", "d"))).toBe("wrong_password");
  expect(await codeOf(stage.chat.people.byToken(secret("d")))).toBe("bad_token");
  expect(
    await codeOf(stage.chat.access.signIn({ name: "Ada Lund", password: "a good password", secret: "short" }, "")),
  ).toBe("bad_token");
  await stage.chat.people.enrol("Ben", secret("e"));
  expect(await codeOf(signIn("Ada Lund", "a good password", "e"))).toBe("bad_token");
});

test("[PEO24] after ten wrong passwords for a name from one place one waits, and nobody else does", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  await setting(stage, ada)("a good password");
  const signIn = (password: string, from: string, name = "Ada") =>
    codeOf(stage.chat.access.signIn({ name, password, secret: secret("s") }, from));
  for (let right = 0; right < 20; right++) expect(await signIn("a good password", "home")).toBe("done");
  const tries = await Promise.all(Array.from({ length: 11 }, () => signIn("a guess", "there")));
  expect(tries.filter((code) => code === "wrong_password")).toHaveLength(10);
  expect(tries.at(-1)).toBe("too_fast");
  expect(await signIn("a good password", "there")).toBe("too_fast");
  expect([await signIn("a good password", "home"), await signIn("x", "there", "Ben")]).toEqual([
    "done",
    "wrong_password",
  ]);
  const { each } = configFrom({}).chat.access.guesses;
  stage.clock.advance(each - 1);
  expect(await signIn("a good password", "there")).toBe("too_fast");
  stage.clock.advance(1);
  expect(await signIn("a good password", "there")).toBe("done");
});

test("[PEO24] from however many places, and with a token too, nobody tries a hundred passwords at once", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  await setting(stage, ada)("a good password");
  const { most } = configFrom({}).chat.access.guessesOfAll;
  for (let from = 0; from < most; from++) {
    const guess = { name: "Ada", password: "a guess", secret: secret("s") };
    expect(await codeOf(stage.chat.access.signIn(guess, `place ${from}`))).toBe("wrong_password");
    expect(await codeOf(setting(stage, ada)("a new password", "a guess"))).toBe("wrong_password");
  }
  const right = { name: "ADA", password: "a good password", secret: secret("s") };
  const refused = await stage.chat.access.signIn(right, "another").catch((error) => error);
  expect(refused).toMatchObject({ code: "too_fast", retryAfter: 30_000 });
  expect(await codeOf(setting(stage, ada)("a new password", "a good password"))).toBe("too_fast");
});

test("[PEO23] whoever signs out ends the token that they came with, and its sockets; others go on", async () => {
  const [one, same] = [await Line.enter(node.url, "Ada"), await Line.enter(node.url, "Ada")];
  await one.ask({ t: "set_password", key: "p", password: "a good password" });
  const account = { name: "Ada", password: "a good password", secret: secret("z") };
  const other = await Line.open(node.url);
  other.say([{ t: "hello", version: 1, account }]);
  await other.until(({ t }) => t === "caught_up");
  expect(await same.ask({ t: "sign_out", key: "out" })).toMatchObject({ t: "ok", result: {} });
  expect([await one.closed(), await same.closed()]).toEqual([CLOSES.signed_out.code, CLOSES.signed_out.code]);
  expect(await other.ask({ t: "list_rooms" })).toMatchObject({ t: "ok" });
  const back = await Line.open(node.url);
  back.say([{ t: "hello", version: 1, token: secretOf("Ada") }]);
  expect(await back.closed()).toBe(CLOSES.signed_out.code);
  other.close();
  expect(node.faults).toEqual([]);
});

test("[PEO23] signing out everywhere ends every token and every socket of that person, and of nobody else", async () => {
  const [one, ben] = [await Line.enter(node.url, "Cleo"), await Line.enter(node.url, "Ben")];
  await one.ask({ t: "set_password", key: "p", password: "a good password" });
  const account = { name: "cleo", password: "a good password", secret: secret("y") };
  const other = await Line.open(node.url);
  other.say([{ t: "hello", version: 1, account }]);
  await other.until(({ t }) => t === "caught_up");
  expect(await other.ask({ t: "sign_out", key: "out", everywhere: true })).toMatchObject({ t: "ok" });
  expect([await one.closed(), await other.closed()]).toEqual([CLOSES.signed_out.code, CLOSES.signed_out.code]);
  expect(await ben.ask({ t: "list_rooms" })).toMatchObject({ t: "ok" });
  ben.close();
  const again = await Line.open(node.url);
  again.say([{ t: "hello", version: 1, account: { ...account, secret: secret("x") } }]);
  await again.until(({ t }) => t === "caught_up");
  again.close();
});

test.each(["without a cursor", "with a cursor to what was the last entry"])(
  "[PEO23] a token that ends while a socket is coming in lets nobody in: %s",
  async (coming) => {
    const stage = new Stage();
    const ada = await stage.person("Ada");
    const token = stage.chat.people.digestOf("Ada".padEnd(32, "_"));
    await setting(stage, ada)("a good password");
    const { seq = 0, check = 0 } = (await stage.store.heads([ada.inbox])).get(ada.inbox) ?? {};
    await stage.chat.run({ user: ada, token }, "sign_out", { key: "out" });
    const cursors: CursorRow[] = coming.startsWith("without") ? [] : [[ada.inbox, seq, check]];
    const late = await stage.seat(ada, cursors, stage.store.epoch, token);
    expect(late.closed).toBe(true);
    expect(late.told("conversation").filter(({ conversation }) => conversation.kind !== "inbox")).toEqual([]);
    expect(await codeOf(stage.chat.run({ user: ada }, "sign_out", { key: "again" }))).toBe("forbidden");
  },
);

test("[PEO22] a wrong password on a socket is told, and another may be tried on it", async () => {
  const ada = await Line.enter(node.url, "Dora");
  await ada.ask({ t: "set_password", key: "p", password: "a good password" });
  ada.close();
  const line = await Line.open(node.url);
  const hello = (password: string) =>
    line.say([{ t: "hello", version: 1, account: { name: "Dora", password, secret: secret("w") } }]);
  hello("a guess");
  expect(await line.until(({ t }) => t === "error")).toMatchObject({ code: "wrong_password" });
  hello("a good password");
  await line.until(({ t }) => t === "caught_up");
  line.close();
});

test("[PEO23] whoever watches a proof is told once: when its token ends, when it had ended before, and with the account", async () => {
  const stage = new Stage();
  const ended: string[] = [];
  const watch = (user: Awaited<ReturnType<Stage["person"]>>, token: string, as: string) =>
    stage.chat.watchProof(user, token, () => ended.push(as));
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const [adas, bens] = ["Ada", "Ben"].map((name) => stage.chat.people.digestOf(name.padEnd(32, "_"))) as [
    string,
    string,
  ];
  await watch(ada, adas, "ada");
  const stop = await watch(ada, adas, "stopped");
  await watch(ben, bens, "ben");
  stop();
  await stage.settle();
  expect(ended).toEqual([]);
  await stage.chat.run({ user: ada, token: adas }, "sign_out", { key: "out" });
  await stage.settle();
  expect(ended).toEqual(["ada"]);
  await watch(ada, adas, "late");
  await stage.settle();
  await stage.chat.run({ user: ben }, "delete_account", { key: "bye" });
  await stage.settle();
  expect(ended).toEqual(["ada", "late", "ben"]);
});

test("[REST21] a socket takes the cookie of its handshake for a token, from a page of our own and from no other", async () => {
  const ada = await Line.enter(node.url, "Karla");
  ada.close();
  const cookie = `parley=${secretOf("Karla")}`;
  const origin = node.url.replace(/^ws(.*)\/socket$/, "http$1");
  const answerTo = async (headers: Record<string, string>, hello: object = {}) => {
    const line = await Line.open(node.url, undefined, headers);
    line.say([{ t: "hello", version: 1, ...hello }]);
    const answer = await line.until(({ t }) => t === "welcome" || t === "error");
    line.close();
    return answer.t === "welcome" ? answer.you.name : (answer as { code: string }).code;
  };
  expect(await answerTo({ cookie, origin })).toBe("Karla");
  expect(await answerTo({ cookie, "sec-fetch-site": "same-origin" })).toBe("Karla");
  const theirs = [
    {},
    { origin: "https://elsewhere.example" },
    { origin: "null" },
    { origin, "sec-fetch-site": "same-site" },
  ];
  for (const headers of theirs) {
    expect({ headers, answer: await answerTo({ cookie, ...headers }) }).toEqual({
      headers,
      answer: "not_authenticated",
    });
  }
  expect(await answerTo({ origin })).toBe("not_authenticated");
  const guest = { name: "Leo", secret: secret("l") };
  expect(await answerTo({ cookie, origin }, { guest })).toBe("Leo");
});

test("[PEO23] whoever signs out on one node is signed out on every other, at the next beat where the bell was lost", async () => {
  const [store, bus] = [memoryStore(), memoryBus()];
  const deaf: Bus = { ...bus, publish: () => {} };
  const [one, two, three] = [new Stage({ store, bus }), new Stage({ store, bus }), new Stage({ store, bus: deaf })];
  const ada = await one.person("Ada");
  const token = one.chat.people.digestOf("Ada".padEnd(32, "_"));
  const [here, there] = [await one.seat(ada, [], store.epoch, token), await two.seat(ada, [], store.epoch, token)];
  const another = await two.seat(ada, [], store.epoch, "another token");
  expect([here.closed, there.closed, another.closed]).toEqual([false, false, true]);
  await three.chat.run({ user: ada, token }, "sign_out", { key: "out" });
  await two.settle();
  expect([here.closed, there.closed]).toEqual([false, false]);
  for (const stage of [one, two]) await stage.chat.beat(new Map());
  await two.settle();
  expect([here.closed, there.closed]).toEqual([true, true]);
});
