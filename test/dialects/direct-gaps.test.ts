import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import { gaps } from "@parley/server/gateways/dialects/direct/gaps";
import { DirectSite } from "../kit/direct-site.ts";
import { native } from "../kit/natives.ts";
import { frozen } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";
import { until } from "../kit/replicas.ts";

const parley = new OneParley({ PARLEY_HOME_ROOMS: "direct=hall" });
let site: DirectSite;
/** Somebody who has everything that the native protocol promises. */
let ada: Client;

beforeAll(async () => {
  site = new DirectSite(parley.url);
  ada = await native(site.url, "Ada");
});
afterAll(async () => {
  ada.disconnect();
});

const adaId = () => ada.me?.id as number;

/** For each sentence that the dialect says of itself, what shows that it is so. */
const PROOFS: Record<string, () => Promise<void>> = {
  "A message that a client sends again after a lost connection is a second message.": async () => {
    await site.known(2);
    for (let times = 0; times < 2; times++) {
      const ann = await site.enter(1);
      ann.say({ recipient_id: 2, message: "did you get this?" });
      await ann.next();
      await ann.leave();
    }
    expect(await site.between(1, 2)).toHaveLength(2);
  },
  "Edits, deletions and names are not shown; what is deleted before it was delivered is never shown.": async () => {
    const bob = await site.enter(12);
    const { id } = await ada.openDirect(12);
    const { seq } = await ada.post(id, "a tpyo").sent;
    expect(await bob.json()).toMatchObject({ message: "a tpyo" });
    await ada.edit(id, seq, "a typo");
    await ada.delete(id, seq);
    expect(await bob.rest()).toEqual([]);
    await bob.leave();
    await ada.delete(id, (await ada.post(id, "a slip").sent).seq);
    const back = await site.enter(12);
    expect(await back.rest()).toEqual([]);
    await back.leave();
  },
  "Reading one message says that all before it in its conversation were read.": async () => {
    await site.known(21, 22);
    for (const message of ["a", "b", "c"]) await site.said({ sender_id: 21, recipient_id: 22, message });
    const [, b] = await site.between(21, 22);
    await site.ask("PUT", `/messages/${b?.id}/read?user_id=22`);
    expect((await site.between(21, 22)).map(({ status }) => status)).toEqual(["sent", "read", "read"]);
  },
  "What reached one device of a person is not said again to another one that connects later; GET /messages/ has it.":
    async () => {
      const [ann, phone] = [await site.enter(31), await site.enter(32)];
      ann.say({ recipient_id: 32, message: "once" });
      await phone.next();
      for (let nth = 0; nth < 2; nth++) await ann.next();
      const tablet = await site.enter(32);
      expect(await tablet.rest()).toEqual([]);
      expect(await site.between(31, 32)).toMatchObject([{ message: "once", status: "delivered" }]);
      for (const client of [ann, phone, tablet]) await client.leave();
    },
  "What a client hears just before its connection is cut may be said to it again, with the same id.": async () => {
    await site.known(41, 42);
    const end = await frozen(`${site.url}/ws/42`);
    const { id } = await site.said({ sender_id: 41, recipient_id: 42, message: "again" });
    end();
    const back = await site.enter(42);
    expect(await back.json()).toMatchObject({ message: "again", message_id: id });
    await back.leave();
  },
  "Receipts that come while their author is away are not told later; the status in GET /messages/ is always true.":
    async () => {
      const [ann, bob] = [await site.enter(51), await site.enter(52)];
      await ann.leave();
      const { id } = await site.said({ sender_id: 51, recipient_id: 52, message: "read while away" });
      await bob.next();
      bob.say({ type: "read_receipt", message_id: id });
      bob.say({ recipient_id: 52, message: "a mark" });
      await bob.next();
      const back = await site.enter(51);
      expect(await back.rest()).toEqual([]);
      expect(await site.between(51, 52)).toMatchObject([{ status: "read" }]);
      await Promise.all([back.leave(), bob.leave()]);
    },
  "In the home room, and in groups of more than 32, nobody is told of deliveries and of reading.": async () => {
    const numbers = Array.from({ length: 33 }, (_, at) => 100 + at);
    await site.known(...numbers);
    const large = await ada.createGroup(numbers, "Large");
    const { rooms } = await ada.call("list_rooms", { query: "hall" });
    const [ann, bob] = [await site.enter(100), await site.enter(101)];
    for (const group_id of [large.id, rooms[0]?.id]) {
      ann.say({ type: "message", group_id, message: "read by all" });
      const { message_id } = await bob.json();
      bob.say({ type: "read_receipt", message_id, sender_id: 100 });
      expect(await ann.json()).toMatchObject({ type: "message_sent", message_id });
    }
    expect(await ann.rest()).toEqual([]);
    await Promise.all([ann.leave(), bob.leave()]);
  },
  "Who is connected is told of those who are connected by this protocol; people with Parley's own client are not among them.":
    async () => {
      const ann = await site.enter(61);
      await until(ada, () => ada.line.is === "live");
      const { body } = await site.ask<{ online_users: number[] }>("GET", "/ws/online-users");
      expect([body.online_users.includes(61), body.online_users.includes(adaId())]).toEqual([true, false]);
      await ann.leave();
    },
  "Nobody is blocked by this protocol; whom somebody blocked elsewhere is refused here too.": async () => {
    const [ann, bob] = [await site.enter(81), await site.enter(82)];
    bob.say({ type: "block", user_id: 81 });
    expect((await bob.json()).type).toBe("error");
    ann.say({ recipient_id: 82, message: "not blocked" });
    expect(await bob.json()).toMatchObject({ message: "not blocked" });
    await ada.call("block", { user: 81 });
    ann.say({ recipient_id: adaId(), message: "blocked" });
    // The delivery of the first message is told when Bob's pong comes: before or after the refusal.
    const frames = (await ann.rest()).map((frame) => JSON.parse(frame).type);
    expect(frames.filter((type) => type !== "message_delivered")).toEqual(["message_sent", "error"]);
    await Promise.all([ann.leave(), bob.leave()]);
  },
  "Files (`contenidos`) are refused.": async () => {
    const body = { sender_id: 61, recipient_id: 61, contenidos: [{ tipo: "imagen", url: "x" }] };
    expect((await site.ask("POST", "/messages/", { body })).status).toBe(422);
    expect(await site.between(61, 61)).toEqual([]);
  },
  "Any `message_type` is told as text, and `timestamp` in what a client sends is not looked at.": async () => {
    const [ann, bob] = [await site.enter(71), await site.enter(72)];
    ann.say({ recipient_id: 72, message: "pic.png", message_type: "image", timestamp: "1999-01-01T00:00:00" });
    const { message_type, timestamp } = await bob.json();
    expect([message_type, String(timestamp).startsWith("1999")]).toEqual(["text", false]);
    await Promise.all([ann.leave(), bob.leave()]);
  },
};

test("[DIA102] direct: what its wire cannot carry is said of it, and is so", async () => {
  expect(Object.keys(PROOFS).sort()).toEqual(gaps.map(({ what }) => what).sort());
  for (const prove of Object.values(PROOFS)) await prove();
}, 60_000);
