import { expect, test } from "bun:test";
import type { Hello } from "@parley/protocol/frames";
import fc from "fast-check";
import { turn } from "./testing/clock.ts";
import { ModelLog } from "./testing/model.ts";
import { entries, greet, live, ROOM, reopened, room, said, welcome, world } from "./testing/world.ts";
import { memoryVault } from "./vault/memory.ts";

type Step =
  | { is: "write"; what: "post" | "edit" | "delete" | "join" | "leave" | "rename"; at: number }
  | { is: "tell"; back: number }
  | { is: "ask"; limit: number }
  | { is: "page" }
  | { is: "lose"; hole: boolean; restart: "no" | "kept" | "killed" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant("write" as const),
      what: fc.constantFrom("post", "post", "edit", "edit", "delete", "join", "leave", "rename"),
      at: fc.nat(50),
    }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant("tell" as const), back: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("ask" as const), limit: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("page" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant("lose" as const),
      hole: fc.boolean(),
      restart: fc.constantFrom("no", "kept", "killed"),
    }),
  },
);

/** Plays a server that keeps a model, and tells of it late, twice and with holes, while pages are under way. */
async function play(before: Step[], steps: Step[]): Promise<void> {
  const model = new ModelLog();
  for (const one of before) if (one.is === "write") model.write(one.what, one.at);
  const vault = memoryVault();
  let given = world({ vault });
  await turn();
  await live(given, room({ head: model.head, check: model.check(model.head), ...model.counts() }));
  await given.clock.advance(500);
  let told = model.head;
  const tell = (from: number) => {
    const list = model.entries(from + 1, model.head);
    if (list.length > 0) given.end.say(entries(ROOM, ...list));
    told = model.head;
  };
  let answered = 0;
  const asked: { id: number; at: number; before: number; limit: number }[] = [];
  const hear = async () => {
    await turn();
    for (const { id, before: at, limit } of given.end.all("history").slice(answered + asked.length)) {
      asked.push({ id, at: model.head, before: at ?? 0, limit: limit ?? 0 });
    }
  };
  const answer = () => {
    const question = asked.shift();
    if (!question) return;
    answered++;
    const result = model.page(question.before, question.limit, question.at);
    given.end.say({ t: "ok", id: question.id, result });
  };
  /** Another life of the client begins with what was kept, which may be older than what was heard. */
  const restarted = async (kept: boolean) => {
    if (kept) await given.clock.advance(500);
    given.client.disconnect();
    given = world({ vault });
    given.client.connect();
    await turn();
    given.end.accept();
    await turn();
    told = (given.end.heard[0] as Hello).cursors?.[0]?.[1] ?? -1;
    return given.end;
  };
  const lose = async (hole: boolean, restart: string) => {
    const end = restart === "no" ? await reopened(given) : await restarted(restart === "kept");
    answered = 0;
    asked.length = 0;
    end.say(welcome());
    if (hole && model.head > told) {
      const [from, head] = [model.head + 1, model.head];
      end.say({ t: "resync", conversation: ROOM, have: told, from, head, check: model.check(head), reset: false });
      told = head;
    } else tell(told);
    const own = { conversation: ROOM, delivered: 0, read: 0, ...model.unread(), as_of: model.head };
    end.say({ t: "caught_up", own: [own], marks: [] });
    await hear();
    for (const { id } of end.all("follow")) {
      const conversation = room({ head: model.head, check: model.check(model.head), ...model.counts() });
      end.say({ t: "ok", id, result: { conversation } });
    }
    await hear();
  };
  for (const one of steps) {
    if (one.is === "write") model.write(one.what, one.at);
    else if (one.is === "tell") tell(Math.max(0, told - one.back));
    else if (one.is === "ask") given.client.loadOlder(ROOM, one.limit).catch(() => {});
    else if (one.is === "page") answer();
    else await lose(one.hole, one.restart);
    await hear();
  }
  tell(told);
  for (let rounds = 0; rounds < 400; rounds++) {
    if (asked.length > 0) answer();
    else if (given.client.timeline(ROOM).complete) break;
    else given.client.loadOlder(ROOM, 7).catch(() => {});
    await hear();
  }
  await given.clock.advance(1000);
  for (const { id } of given.end.all("mark")) {
    given.end.say({ t: "ok", id, result: { delivered: 0, read: 0, ...model.unread(), as_of: model.head } });
  }
  const { rows, complete } = given.client.timeline(ROOM);
  expect(complete).toBe(true);
  expect([...rows]).toEqual(model.page(model.head + 1, 10_000, model.head).items as never);
  expect(given.client.conversation(ROOM)).toMatchObject(model.summary());
}

test("[SDK15] whatever was written, however it was told, and whenever it was begun anew, the timeline is what history says", async () => {
  const run = fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(step, { maxLength: 60 }), play);
  await fc.assert(run, { numRuns: 1000 });
});

test("[SDK16] a page that is true at a time before a hole is not taken, but asked for again", async () => {
  const given = world();
  const end = await live(given, room({ head: 10 }));
  const older = given.client.loadOlder(ROOM);
  await turn();
  end.say({ t: "resync", conversation: ROOM, have: 10, from: 11, head: 10, check: 1, reset: false });
  end.answer("history", { from: 9, to: 10, as_of: 9, items: [], people: [] });
  await turn();
  expect(end.all("history").length).toBe(2);
  end.answer("history", { from: 1, to: 10, as_of: 10, items: [], people: [] });
  expect(await older).toMatchObject({ from: 1 });
  expect(given.client.timeline(ROOM).complete).toBe(true);
});

test("[SDK16] a page that is older than changes that were heard does not undo them", async () => {
  const given = world();
  const end = await live(given, room({ head: 10 }));
  const older = given.client.loadOlder(ROOM);
  await turn();
  const edit = { ...said(11), kind: "edited", body: { target: 9, text: "new" } } as never;
  end.say(entries(ROOM, edit));
  const { body: _, ...envelope } = said(9) as Extract<ReturnType<typeof said>, { kind: "message" }>;
  const item = { ...envelope, text: "old", mentions: [], edited: null, deleted: false };
  end.answer("history", { from: 9, to: 10, as_of: 10, items: [item], people: [] });
  await older;
  expect(given.client.timeline(ROOM).rows).toMatchObject([{ seq: 9, text: "new", edited: 2011 }]);
});

test("[SDK16] pages are asked for one at a time, and again on the next line", async () => {
  const given = world();
  const end = await live(given, room({ head: 10 }));
  const first = given.client.loadOlder(ROOM);
  expect(given.client.loadOlder(ROOM)).toBe(first);
  expect(given.client.timeline(ROOM).loadingOlder).toBe(true);
  await turn();
  expect(end.all("history")).toMatchObject([{ before: 11, limit: 50 }]);
  end.close();
  await given.clock.advance(1000);
  const again = await greet(given);
  again.answer("history", { from: 1, to: 10, as_of: 10, items: [], people: [] });
  await first;
  expect(given.client.timeline(ROOM)).toMatchObject({ loadingOlder: false, complete: true });
  expect(await given.client.loadOlder(ROOM)).toBeNull();
});

test("[SDK16] a page that is newer than what was heard is not set back by older changes", async () => {
  const given = world();
  const end = await live(given, room({ head: 10 }));
  const older = given.client.loadOlder(ROOM);
  await turn();
  const { body: _, ...envelope } = said(9) as Extract<ReturnType<typeof said>, { kind: "message" }>;
  const item = { ...envelope, text: "newest", mentions: [], edited: 2012, deleted: false };
  end.answer("history", { from: 9, to: 10, as_of: 12, items: [item], people: [] });
  await older;
  end.say(entries(ROOM, { ...said(11), kind: "edited", body: { target: 9, text: "new" } } as never));
  expect(given.client.timeline(ROOM).rows).toMatchObject([{ seq: 9, text: "newest", edited: 2012 }]);
});
