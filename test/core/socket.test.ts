import { afterAll, expect, test } from "bun:test";
import { ChatError } from "@parley/protocol/errors";
import type { ServerFrame } from "@parley/protocol/frames";
import { serverFrames } from "@parley/protocol/frames";
import { signals } from "@parley/protocol/signals";
import { memoryStore } from "@parley/server/store/memory/memory";
import { codesOf, roomBy, textsOf } from "../kit/heard.ts";
import { Line, startNode } from "../kit/node.ts";

const node = startNode();
afterAll(() => node.stop());

test("[SOCK2] what the server says in a whole conversation has the shapes of the contract", async () => {
  const [ada, ben] = [await Line.enter(node.url, "Ada of shapes"), await Line.enter(node.url, "Ben of shapes")];
  const room = await roomBy(ada);
  await ben.ask({ t: "join", key: "j", conversation: room });
  await ada.ask({ t: "look", conversations: [room] });
  await ben.ask({ t: "typing", conversation: room, active: true });
  ada.say([{ t: "post", id: 900, key: "p", conversation: room, text: "hello @ben.of.shapes" }]);
  await ben.until((frame) => frame.t === "entries" && frame.entries.some((entry) => entry.kind === "message"));
  await ben.ask({ t: "mark", conversation: room, read: 4 });
  await ben.ask({ t: "history", conversation: room });
  const shapes: Record<string, { safeParse(frame: unknown): { success: boolean } }> = { ...serverFrames, ...signals };
  for (const frame of [...ada.frames, ...ben.frames]) {
    expect({ frame, fits: shapes[frame.t]?.safeParse(frame).success }).toEqual({ frame, fits: true });
  }
});

test("[SOCK5] each bad input gets its code on this socket alone, and the connection lives", async () => {
  const [ada, other] = [await Line.enter(node.url, "Ada of faults"), await Line.enter(node.url, "Other of faults")];
  const heard = other.frames.length;
  const bad: [string | Uint8Array<ArrayBuffer>, string][] = [
    ["{", "not_json"],
    ['{"t":"beat"}', "bad_frame"],
    ["[1]", "bad_frame"],
    ["[null]", "bad_frame"],
    ["[[]]", "bad_frame"],
    ['[{"id":1}]', "bad_frame"],
    ['[{"t":"fly","id":1}]', "unknown_command"],
    ['[{"t":"toString","id":1}]', "unknown_command"],
    ['[{"t":"__proto__","id":1}]', "unknown_command"],
    ['[{"t":"post","id":1,"key":"k","conversation":"1","text":"x"}]', "bad_request"],
    ['[{"t":"post","id":1,"key":"k","conversation":1}]', "bad_request"],
    ['[{"t":"post","key":"k","conversation":1,"text":"x"}]', "bad_request"],
    ['[{"t":"post","id":1,"key":"","conversation":1,"text":"x"}]', "bad_key"],
    ['[{"t":"post","id":1,"key":"a b","conversation":1,"text":"x"}]', "bad_key"],
    [`[{"t":"post","id":1,"key":"${"k".repeat(65)}","conversation":1,"text":"x"}]`, "bad_key"],
    ['[{"t":"post","id":1,"key":"k","conversation":987654,"text":"x"}]', "not_found"],
    ['[{"t":"history","id":1,"conversation":1.5}]', "bad_request"],
    ['[{"t":"hello","version":1}]', "bad_frame"],
    [new Uint8Array([1, 2, 3]), "binary_frame"],
    [JSON.stringify([{ t: "post", id: 1, key: "k", conversation: 1, text: "x".repeat(140_000) }]), "too_large"],
  ];
  for (const [message, code] of bad) {
    const before = codesOf(ada).length;
    ada.raw(message);
    await ada.until((frame) => frame.t === "error" && codesOf(ada).length > before);
    expect([message, codesOf(ada).at(-1)]).toEqual([message, code]);
  }
  expect((await ada.ask({ t: "people", ids: [] })).t).toBe("ok");
  expect(other.frames.length).toBe(heard);
  expect(node.faults).toEqual([]);
});

test("[SOCK5] before hello only hello is understood, and patience ends", async () => {
  const line = await Line.open(node.url);
  line.say([{ t: "post", id: 4, key: "k", conversation: 1, text: "x" }]);
  expect(await line.until((frame) => frame.t === "error")).toMatchObject({ code: "hello_expected", id: 4 });
  line.say([{ t: "hello", version: 1, guest: { name: "\u202eevil", secret: "s".repeat(40) } }]);
  expect(await line.until((frame) => frame.t === "error" && frame.code === "bad_name")).toBeTruthy();
  line.say([{ t: "hello", version: 1, guest: { name: "patient", secret: "s".repeat(40) } }]);
  await line.until((frame) => frame.t === "caught_up");
  const flood = await Line.open(node.url);
  flood.say(Array.from({ length: 30 }, () => ({ t: "nonsense" })));
  expect(await flood.closed()).toBe(4500);
});

test("[SOCK5] an unknown token and another version are told, and closed with a verdict of stop", async () => {
  const stranger = await Line.open(node.url);
  stranger.say([{ t: "hello", version: 1, token: "t".repeat(43) }]);
  expect([await stranger.closed(), codesOf(stranger)]).toEqual([4501, ["bad_token"]]);
  const future = await Line.open(node.url);
  future.say([{ t: "hello", version: 99, token: "t".repeat(43) }]);
  expect([await future.closed(), codesOf(future)]).toEqual([4502, ["unsupported_version"]]);
});

test("[BND4] a batch at the limit is taken, above it is too_large, above 1 MiB closes with 1009", async () => {
  const line = await Line.enter(node.url, "Ada of sizes");
  const sized = (bytes: number) => {
    const frame = JSON.stringify([{ t: "nothing", pad: "" }]);
    return frame.replace('""', `"${"x".repeat(bytes - frame.length)}"`);
  };
  line.raw(sized(131_072));
  await line.until((frame) => frame.t === "error" && frame.code === "unknown_command");
  line.raw(sized(131_073));
  await line.until((frame) => frame.t === "error" && frame.code === "too_large");
  line.raw(sized(1 << 20));
  line.raw(sized((1 << 20) + 1));
  expect(await line.closed()).toBe(1009);
});

test("[BND4] a text of 8,000 code points is taken, of 8,001 not, counted in code points", async () => {
  const line = await Line.enter(node.url, "Ada of texts");
  const conversation = await roomBy(line);
  const post = (text: string, key: string) => line.ask({ t: "post", key, conversation, text });
  line.say([{ t: "post", id: 700, key: "edge", conversation, text: "😀".repeat(8000) }]);
  await line.until((frame) => frame.t === "entries" && frame.entries.some((entry) => entry.key === "edge"));
  expect(await post("😀".repeat(8001), "over")).toMatchObject({ t: "error", code: "text_too_long" });
  expect(await post(" \n ", "blank")).toMatchObject({ t: "error", code: "text_empty" });
  expect(await post("\ud800", "half")).toMatchObject({ t: "error", code: "bad_request" });
});

test("[SOCK6] the echo is the answer to a post, and a repeated one is answered with its receipt, once", async () => {
  const line = await Line.enter(node.url, "Ada of echoes");
  const conversation = await roomBy(line);
  line.say([{ t: "post", id: 500, key: "same", conversation, text: "once" }]);
  await line.until((frame) => frame.t === "entries" && frame.entries.some((entry) => entry.key === "same"));
  const again = await line.ask({ t: "post", key: "same", conversation, text: "once" });
  expect(again).toMatchObject({ t: "ok", result: { conversation, seq: 3 } });
  expect(line.frames.filter((frame) => frame.t === "ok" && frame.id === 500)).toEqual([]);
  expect(textsOf(line)).toEqual(["once"]);
  expect(await line.ask({ t: "post", key: "same", conversation, text: "twice" })).toMatchObject({ code: "key_reused" });
});

test("[SOCK6] a write that was committed before its line began anew from a summary is answered, for it has no echo", async () => {
  const store = memoryStore();
  const [written, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const commit = store.commit.bind(store);
  store.commit = async (...writes) => {
    const done = await commit(...writes);
    if (!JSON.stringify(writes).includes("passed-over")) return done;
    written.resolve();
    await release.promise;
    return done;
  };
  const own = startNode({ store });
  const line = await Line.enter(own.url, "Ada of summaries");
  const conversation = await roomBy(line);
  line.say([{ t: "post", id: 7_000, key: "passed-over", conversation, text: "once" }]);
  await written.promise;
  await line.ask({ t: "unfollow", conversation });
  expect(await line.ask({ t: "follow", conversation })).toMatchObject({ result: { conversation: { head: 3 } } });
  release.resolve();
  await line.until((frame) => frame.t === "ok" && frame.id === 7_000);
  expect(textsOf(line)).toEqual([]);
  await own.stop();
});

test("[SOCK7] messages of one author in one room leave in order under load, slow decisions among them", async () => {
  const [ada, ben] = [await Line.enter(node.url, "Ada of order"), await Line.enter(node.url, "Ben of order")];
  const conversation = await roomBy(ada);
  await ben.ask({ t: "join", key: "j", conversation });
  await ben.until((frame) => frame.t === "conversation" && frame.conversation.id === conversation);
  // Every third asks the store who is mentioned before it is decided.
  const all = Array.from({ length: 900 }, (_, i) => (i % 3 ? `m${i}` : `m${i} @ben.of.order`));
  for (let at = 0; at < all.length; at += 30) {
    ada.say(
      all.slice(at, at + 30).map((text, i) => ({ t: "post", id: at + i, key: `o${at + i}`, conversation, text })),
    );
  }
  await ben.until(() => textsOf(ben).length === all.length);
  expect(textsOf(ben)).toEqual(all);
});

test("[SOCK11] a hello in parts, with commands behind it, is answered in order after caught_up", async () => {
  const first = await Line.enter(node.url, "Ada in parts");
  const conversation = await roomBy(first);
  const { epoch } = first.frames[0] as Extract<ServerFrame, { t: "welcome" }>;
  const line = await Line.open(node.url);
  const token = (await import("../kit/node.ts")).secretOf("Ada in parts");
  line.say([
    { t: "hello", version: 1, token, epoch, cursors: [], more: true },
    { t: "cursors", cursors: [[conversation, 0, 0]], more: true },
    { t: "cursors", cursors: [] },
    { t: "post", id: 1, key: "behind", conversation, text: "behind hello" },
    { t: "people", id: 2, ids: [] },
  ]);
  await line.until((frame) => frame.t === "ok" && frame.id === 2);
  const kinds = line.frames.map((frame) => frame.t);
  expect(kinds.indexOf("caught_up")).toBeLessThan(kinds.lastIndexOf("ok"));
  await line.until((frame) => frame.t === "entries" && frame.entries.some((entry) => entry.key === "behind"));
  const seqs = line.frames.flatMap((frame) =>
    frame.t === "entries" && frame.conversation === conversation ? frame.entries.map((entry) => entry.seq) : [],
  );
  expect(seqs).toEqual([1, 2, 3]);
});

test("[SOCK4] what is sent to one socket and what is published to its topics keep their order", async () => {
  const line = await Line.enter(node.url, "Ada of topics");
  const conversation = await roomBy(line);
  for (let i = 0; i < 300; i++) {
    const frame: ServerFrame = { t: "typing", conversation, count: i, users: [] };
    if (i % 2) node.publish(`native/${conversation}`, JSON.stringify([frame]));
    else for (const socket of sockets(line)) socket(JSON.stringify([frame]));
  }
  await line.until((frame) => frame.t === "typing" && frame.count === 299);
  const counts = line.frames.flatMap((frame) => (frame.t === "typing" ? [frame.count] : []));
  expect(counts).toEqual(Array.from({ length: 300 }, (_, i) => i));

  function sockets(of: Line): ((payload: string) => void)[] {
    const { id } = (of.frames[0] as Extract<ServerFrame, { t: "welcome" }>).you;
    const { followers = [] } = node.chat.feeds.get(conversation) ?? {};
    const theirs = followers.filter(({ follower }) => follower.user.id === id);
    return theirs.map(
      ({ follower }) =>
        (payload: string) =>
          follower.outlet.send(payload),
    );
  }
});

test("[SOCK8] after a refusal that may be retried, later writes wait for the refused key, and the order holds", async () => {
  const store = memoryStore();
  let full = false;
  const commit = store.commit.bind(store);
  store.commit = async (...batch) => {
    if (full) throw new ChatError("unavailable");
    return commit(...batch);
  };
  const strict = startNode({ store });
  const line = await Line.enter(strict.url, "Ada");
  const conversation = await roomBy(line);
  const post = (key: string) => line.ask({ t: "post", key, conversation, text: key });
  full = true;
  expect(await post("first")).toMatchObject({ code: "unavailable" });
  full = false;
  expect(await post("second")).toMatchObject({ code: "out_of_order" });
  line.say([
    { t: "post", id: 801, key: "first", conversation, text: "first" },
    { t: "post", id: 802, key: "second", conversation, text: "second" },
  ]);
  await line.until(() => textsOf(line).length === 2);
  expect(textsOf(line)).toEqual(["first", "second"]);
  await strict.stop();
});

test("[SOCK9] a silent client is dropped after two beats, one that answers stays and hears which heads moved", async () => {
  const quick = startNode({ limits: { beat: 60 } });
  const [silent, alive] = [await Line.enter(quick.url, "Silent"), await Line.enter(quick.url, "Alive")];
  const answering = setInterval(() => alive.say([{ t: "beat" }]), 30);
  const conversation = await roomBy(alive);
  expect([1006, 4002]).toContain(await silent.closed());
  await alive.until(
    (frame) => frame.t === "beat" && frame.heads.some(([id, head]) => id === conversation && head === 2),
  );
  expect(alive.closedWith).toBeNull();
  clearInterval(answering);
  await quick.stop();
});

test("[SOCK10] a shutdown keeps what was accepted, refuses the rest, and says when to return", async () => {
  const stopping = startNode();
  const line = await Line.enter(stopping.url, "Ada");
  const conversation = await roomBy(line);
  const all = Array.from({ length: 50 }, (_, i) => ({ t: "post", id: i, key: `k${i}`, conversation, text: `${i}` }));
  line.say(all);
  await line.until((frame) => frame.t === "entries" && frame.entries.some((entry) => entry.kind === "message"));
  await stopping.stop();
  expect(await line.closed()).toBe(4000);
  expect(line.frames.at(-1)).toMatchObject({ t: "bye", retry_after: 500 });
  const kept = await stopping.store.entries(conversation, 0, 1000, 1e6);
  expect(textsOf(line)).toEqual(kept.flatMap((entry) => (entry.kind === "message" ? [entry.body.text] : [])));
});

test("[BND5] commands beyond the bound of one socket get too_fast, and the order of what is written holds", async () => {
  const narrow = startNode({ limits: { pendingCommands: 10 } });
  const line = await Line.enter(narrow.url, "Ada");
  const conversation = await roomBy(line);
  line.say(Array.from({ length: 40 }, (_, i) => ({ t: "post", id: i, key: `k${i}`, conversation, text: `${i}` })));
  await line.until(() => codesOf(line).length >= 30);
  expect(new Set(codesOf(line))).toEqual(new Set(["too_fast"]));
  await line.until(() => textsOf(line).length === 10);
  expect(textsOf(line)).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
  await narrow.stop();
});

test("[BND6] a socket that says nothing is closed at the hello deadline, and too many of them are not let in", async () => {
  const strict = startNode({ limits: { hello: 80 }, gateway: { greeting: 3 } });
  const lines = await Promise.all([1, 2, 3].map(() => Line.open(strict.url)));
  expect(Line.open(strict.url)).rejects.toThrow();
  expect(await Promise.all(lines.map((line) => line.closed()))).toEqual([4004, 4004, 4004]);
  const entered = await Line.enter(strict.url, "Somebody");
  expect(entered.closedWith).toBeNull();
  await strict.stop();
});
