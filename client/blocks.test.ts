import { expect, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import { turn } from "./testing/clock.ts";
import {
  BOB,
  CAROL,
  CAUGHT_UP,
  direct,
  entries,
  entry,
  INBOX,
  live,
  ME,
  person,
  reopened,
  room,
  welcome,
  world,
} from "./testing/world.ts";

function inInbox(seq: number, kind: "blocked" | "unblocked", user: number): Entry {
  return entry(seq, kind, { user }, { author: ME });
}

const inbox = () => room({ id: INBOX, kind: "inbox", name: null, visibility: "private", owner: ME, members: 1 });
const blocks = (people: number[], next: number | null = null) => ({
  people: people.map((id) => person(id, "x")),
  next,
});

/** A client that is live and has asked, since somebody looked, whom one blocked. */
async function asking() {
  const given = world();
  const end = await live(given, direct(), inbox());
  given.client.hasBlocked(BOB);
  await turn();
  return { given, end };
}

test("[SDK42] whom one blocked is asked for once, when somebody looks, page by page", async () => {
  const given = world();
  const end = await live(given, direct(), inbox());
  const { client } = given;
  expect(end.all("blocks")).toEqual([]);
  expect([client.hasBlocked(BOB), client.hasBlocked(CAROL)]).toEqual([undefined, undefined]);
  await turn();
  end.answer("blocks", blocks([BOB], BOB));
  await turn();
  expect(end.all("blocks")).toMatchObject([{}, { after: BOB }]);
  end.answer("blocks", blocks([CAROL]));
  await turn();
  expect([client.hasBlocked(BOB), client.hasBlocked(CAROL), client.hasBlocked(9)]).toEqual([true, true, false]);
  expect(end.all("blocks")).toHaveLength(2);
});

test("[SDK42] what the inbox tells holds at once, and goes before an answer that is older", async () => {
  const { given, end } = await asking();
  const { client } = given;
  end.say(entries(INBOX, inInbox(1, "blocked", BOB), inInbox(2, "unblocked", CAROL)));
  end.answer("blocks", blocks([CAROL]));
  await turn();
  expect([client.hasBlocked(BOB), client.hasBlocked(CAROL)]).toEqual([true, false]);
  let told = 0;
  client.subscribe(() => told++);
  end.say(entries(INBOX, inInbox(3, "unblocked", BOB)));
  await turn();
  expect([client.hasBlocked(BOB), told]).toEqual([false, 1]);
});

test("[SDK42] after a hole in the inbox it is asked for again, and what was known stays until then", async () => {
  const { given, end } = await asking();
  const { client } = given;
  end.answer("blocks", blocks([BOB]));
  await turn();
  const again = await reopened(given);
  again.say(welcome(), CAUGHT_UP);
  again.say({ t: "resync", conversation: INBOX, have: 0, from: 5, head: 4, check: 7, reset: false });
  expect(client.hasBlocked(BOB)).toBe(true);
  await turn();
  again.answer("blocks", blocks([]));
  await turn();
  expect(client.hasBlocked(BOB)).toBe(false);
});

test("[SDK42] whoever signs out leaves nothing behind, nor does an answer that comes late", async () => {
  const { given, end } = await asking();
  const { client } = given;
  end.answer("blocks", blocks([BOB]));
  await turn();
  client.signOut();
  expect(client.hasBlocked(BOB)).toBeUndefined();
});
