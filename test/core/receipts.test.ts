import { expect, test } from "bun:test";
import type { ChatError } from "@parley/protocol/errors";
import type { User } from "@parley/server/core/rows";
import { Stage } from "../kit/stage.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "carried out",
    (error) => (error as ChatError).code,
  );
}

async function ownerOf(stage: Stage): Promise<User> {
  const user = await stage.person("the keeper");
  await stage.store.offerOwnership("hash:secret");
  await stage.chat.people.claimServer({ user }, "secret");
  return { ...user, role: "owner" };
}

async function group(stage: Stage, by: User, ...others: User[]): Promise<number> {
  const members = others.map(({ id }) => id);
  const { conversation } = await stage.chat.run({ user: by }, "create_group", { key: stage.key(), members });
  return conversation.id;
}

function receiptsOf(stage: Stage, user: User, conversation: number, seq: number) {
  return stage.chat.run({ user }, "receipts", { conversation, seq });
}

/** Ada wrote to Ben and Cid: Ben read it a second later, and Cid has it a minute later. */
async function talk() {
  const stage = new Stage();
  const [ada, ben, cid] = [await stage.person("ada"), await stage.person("ben"), await stage.person("cid")];
  const at = await group(stage, ada, ben, cid);
  const { seq } = await stage.post(ada, at, "Who reads this?");
  const sent = stage.clock.now();
  stage.clock.advance(1_000);
  await stage.chat.run({ user: ben }, "mark", { conversation: at, read: seq });
  stage.clock.advance(59_000);
  await stage.chat.run({ user: cid }, "mark", { conversation: at, delivered: seq });
  await stage.settle();
  return { stage, ada, ben, cid, at, seq, sent };
}

test("[MARK7] an author is told when their message was committed, and who got it and read it when", async () => {
  const { stage, ada, ben, cid, at, seq, sent } = await talk();
  expect(await receiptsOf(stage, ada, at, seq)).toEqual({
    committed: sent,
    ...{ others: 2, delivered: 2, read: 1 },
    by: [
      { user: ben.id, delivered: sent + 1_000, read: sent + 1_000 },
      { user: cid.id, delivered: sent + 60_000 },
    ],
    marks: await stage.store.marks(at),
  });
});

test("[MARK7] other members are told how many, and nobody is told of what they may not read", async () => {
  const { stage, ada, ben, cid, at, seq, sent } = await talk();
  const counts = { committed: sent, others: 2, delivered: 2, read: 1, marks: await stage.store.marks(at) };
  expect(await receiptsOf(stage, ben, at, seq)).toEqual(counts);
  expect(await codeOf(receiptsOf(stage, ben, at, seq + 1))).toBe("not_found");
  expect(await codeOf(receiptsOf(stage, await stage.person("eve"), at, seq))).toBe("not_found");
  await stage.chat.run({ user: ada }, "remove_member", { key: "r", conversation: at, user: cid.id });
  const hidden = await stage.post(ada, at, "Without Cid.");
  await stage.chat.run({ user: ada }, "add_member", { key: "a", conversation: at, user: cid.id });
  expect(await codeOf(receiptsOf(stage, cid, at, hidden.seq))).toBe("not_found");
  expect(await receiptsOf(stage, cid, at, seq)).toMatchObject({ committed: sent, others: 1, read: 1 });
});

test("[MARK7] the server's owner is told the same of anybody's message without being a member, and never its text", async () => {
  const { stage, ben, cid, at, seq, sent } = await talk();
  const owner = await ownerOf(stage);
  const told = await receiptsOf(stage, owner, at, seq);
  expect(told).toEqual({
    committed: sent,
    ...{ others: 2, delivered: 2, read: 1 },
    by: [
      { user: ben.id, delivered: sent + 1_000, read: sent + 1_000 },
      { user: cid.id, delivered: sent + 60_000 },
    ],
    marks: [],
  });
  expect(JSON.stringify(told)).not.toContain("Who reads");
  expect(await codeOf(stage.chat.run({ user: owner }, "history", { conversation: at }))).toBe("not_found");
  expect(await codeOf(receiptsOf(stage, owner, ben.inbox, 1))).toBe("not_found");
  const room = await stage.room(ben);
  expect((await receiptsOf(stage, owner, room, 1)).committed).toBe(stage.clock.now());
  expect(await codeOf(receiptsOf(stage, cid, room, 1))).toBe("not_member");
});

test("[MARK6] rooms, and groups of more than 32, keep no times and tell their authors how many", async () => {
  const stage = new Stage();
  const ada = await stage.person("ada");
  const others: User[] = [];
  for (let n = 0; n < 32; n++) others.push(await stage.person(`p ${n} other`));
  const [ben] = others as [User];
  const places = [await stage.room(ada, ...others), await group(stage, ada, ...others)];
  const seat = await stage.seat(ada);
  for (const at of places) {
    const { seq } = await stage.post(ada, at, "To all");
    await stage.chat.run({ user: ben }, "mark", { conversation: at, read: seq });
    await stage.settle();
    const told = await receiptsOf(stage, ada, at, seq);
    expect(told).toEqual({ committed: stage.clock.now(), others: 32, delivered: 1, read: 1, marks: [] });
    expect((await stage.store.reachedBy(at, seq, ada.id))[0]).toEqual({ user: ben.id, delivered: null, read: null });
  }
  expect(seat.told("marks")).toEqual([]);
});

test("[MARK6] where few talk a mark is told with the time of its move, as it is kept", async () => {
  const { stage, ada, ben, at, seq } = await talk();
  const seat = await stage.seat(ada);
  const { seq: next } = await stage.post(ada, at, "And this?");
  stage.clock.advance(5_000);
  await stage.chat.run({ user: ben }, "mark", { conversation: at, delivered: next });
  await stage.settle();
  const marks = [{ user: ben.id, delivered: next, read: seq, time: stage.clock.now() }];
  expect(seat.told("marks")).toMatchObject([{ conversation: at, marks }]);
  const { by } = await receiptsOf(stage, ada, at, next);
  expect(by?.[0]).toEqual({ user: ben.id, delivered: stage.clock.now() });
});
