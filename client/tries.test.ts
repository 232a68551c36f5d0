import { expect, test } from "bun:test";
import { turn } from "./testing/clock.ts";
import { entries, entry, live, ME, ROOM, room, world } from "./testing/world.ts";

/** Two messages on their way; the second was refused for a while before the first had an answer. */
async function overtaken() {
  const given = world();
  const end = await live(given, room());
  const [one, two] = [given.client.post(ROOM, "one"), given.client.post(ROOM, "two")];
  await turn();
  const [first, second] = end.all("post");
  end.say({ t: "error", id: second?.id ?? 0, code: "too_fast", message: "", retry_after: 1000 });
  return { given, end, one, two, first: first?.id ?? 0 };
}

test("[SDK18] an answer to a message counts also when it comes after a passing refusal of a later one", async () => {
  const { given, end, one, first } = await overtaken();
  end.say({ t: "ok", id: first, result: { conversation: ROOM, seq: 1, entry: 1 } });
  expect(await one.sent).toEqual({ conversation: ROOM, seq: 1, entry: 1 });
  await given.clock.advance(20_000);
  expect(end.all("post").map(({ text }) => text)).toEqual(["one", "two", "two"]);
});

test("[SDK19] so does a refusal for good", async () => {
  const { given, end, one, first } = await overtaken();
  const refused = one.sent.catch(({ code }) => code);
  end.say({ t: "error", id: first, code: "not_member", message: "" });
  expect(await refused).toBe("not_member");
  await given.clock.advance(20_000);
  expect(end.all("post").map(({ text }) => text)).toEqual(["one", "two", "two"]);
});

test("[SDK17] what was written just before leaving is answered by its echo, though the room is gone", async () => {
  const given = world();
  const end = await live(given, room());
  const { key, sent } = given.client.post(ROOM, "bye");
  const left = given.client.leave(ROOM);
  await turn();
  end.answer("leave", { conversation: ROOM, seq: 2, entry: 2 });
  await left;
  expect(given.client.conversations()).toEqual([]);
  const message = entry(1, "message", { text: "bye" }, { author: ME, key });
  end.say(entries(ROOM, message, entry(2, "left", { user: ME }, { author: ME })));
  expect(await sent).toEqual({ conversation: ROOM, seq: 1, entry: message.id });
});

test("[SDK14] a late answer to a leave does not end what was heard of since", async () => {
  const given = world();
  const end = await live(given, room({ head: 1, check: 1 }));
  const left = given.client.leave(ROOM);
  await turn();
  end.say({ t: "conversation", conversation: room({ head: 3, check: 3, joined: 3, read: 3 }), people: [] });
  end.say(entries(ROOM, entry(4, "renamed", { name: "Garden" })));
  end.answer("leave", { conversation: ROOM, seq: 2, entry: 2 });
  await left;
  expect(given.client.conversations().map(({ id }) => id)).toEqual([ROOM]);
});

test.each([
  ["member", [ROOM]],
  [null, []],
] as const)(
  "[SDK14] a leave that is answered while the room is being asked for waits for what that says: %p",
  async (role, held) => {
    const given = world();
    const end = await live(given, room({ head: 1, check: 1 }));
    end.say(entries(ROOM, entry(9, "renamed", { name: "Garden" })));
    await turn();
    const asked = end.last("follow").id;
    const left = given.client.leave(ROOM);
    await turn();
    end.answer("leave", { conversation: ROOM, seq: 10, entry: 10 });
    await left;
    end.say({
      t: "ok",
      id: asked,
      result: { conversation: room({ head: 11, check: 11, joined: role ? 11 : 0, role }) },
    });
    expect(given.client.conversations().map(({ id }) => id)).toEqual([...held]);
  },
);

test("[SDK19] a refusal for good waits for a later try that is under way, whose answer is the one that holds", async () => {
  const given = world();
  const end = await live(given, room({ head: 1, check: 1 }));
  const { sent } = given.client.post(ROOM, "one");
  void given.client.post(ROOM, "two");
  await turn();
  end.say({ t: "resync", conversation: ROOM, have: 1, from: 9, head: 8, check: 8, reset: false });
  await turn();
  const [first, , again, last] = end.all("post");
  expect(again).toMatchObject({ key: first?.key });
  // Both wait now, with tries under way.
  end.say({ t: "error", id: last?.id ?? 0, code: "too_fast", message: "", retry_after: 60_000 });
  end.say({ t: "error", id: first?.id ?? 0, code: "not_member", message: "" });
  end.say({ t: "ok", id: again?.id ?? 0, result: { conversation: ROOM, seq: 9, entry: 9 } });
  expect(await sent).toEqual({ conversation: ROOM, seq: 9, entry: 9 });
});

test("[SDK19] whichever try is refused last, a message that every try was refused for good is refused", async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    const given = world();
    const end = await live(given, room({ head: 1, check: 1 }));
    const refused = given.client.post(ROOM, "one").sent.catch(({ code }) => code);
    await turn();
    end.say({ t: "resync", conversation: ROOM, have: 1, from: 9, head: 8, check: 8, reset: false });
    await turn();
    const tries = end.all("post");
    for (const which of order) end.say({ t: "error", id: tries[which]?.id ?? 0, code: "not_member", message: "" });
    expect(await refused).toBe("not_member");
  }
});
