import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import { gaps } from "@parley/server/gateways/dialects/rooms/gaps";
import { heldBy, isDelivered, native, said } from "../kit/natives.ts";
import { OldClient } from "../kit/old-client.ts";
import { until } from "../kit/replicas.ts";
import { RoomsSite } from "../kit/rooms-site.ts";

let site: RoomsSite;
/** Somebody who has everything that the native protocol promises. */
let ada: Client;
let room = 0;

beforeAll(async () => {
  site = await RoomsSite.start({ PARLEY_LINGER_MS: "0" });
  ada = await native(site.url, "Ada");
  room = (await ada.createRoom({ name: "Gaps" })).id;
});
afterAll(async () => {
  ada.disconnect();
  await site.stop();
});

const contents = async () => (await site.messages(room)).map(({ content }) => content);

/** For each sentence that the dialect says of itself, what shows that it is so. */
const PROOFS: Record<string, () => Promise<void>> = {
  "What was said while a client was away is not sent to its socket; it asks for the room's messages over HTTP.":
    async () => {
      await (await site.enter(room, "bea")).leave();
      await ada.post(room, "while you were away").sent;
      const back = await site.enter(room, "bea");
      expect(await back.rest()).toEqual([]);
      expect(await contents()).toContain("while you were away");
      await back.leave();
    },
  "A message that a client sends again after a lost connection is a second message.": async () => {
    for (let times = 0; times < 2; times++) {
      const cleo = await site.enter(room, "cleo");
      cleo.say({ type: "message", content: "did you get this?" });
      await cleo.next();
      await cleo.leave();
    }
    expect((await contents()).filter((content) => content === "did you get this?")).toHaveLength(2);
  },
  "Edits and deletions are not told as they happen; the room's messages over HTTP have them.": async () => {
    const dan = await site.enter(room, "dan");
    const [kept, gone] = [await ada.post(room, "a tpyo").sent, await ada.post(room, "a slip").sent];
    for (let nth = 0; nth < 2; nth++) await dan.next();
    await ada.edit(room, kept.seq, "a typo");
    await ada.delete(room, gone.seq);
    expect(await dan.rest()).toEqual([]);
    const now = await contents();
    expect([now.includes("a typo"), now.includes("a tpyo"), now.includes("a slip")]).toEqual([true, false, false]);
    await dan.leave();
  },
  "Who is here is told once, to whoever comes; afterwards a client hears only who came and who left.": async () => {
    const eve = await site.enter(room, "eve");
    await (await site.enter(room, "finn")).leave();
    const types = [await eve.json(), await eve.json()].map(({ type }) => type);
    expect([...types, ...(await eve.rest())]).toEqual(["join", "leave"]);
    await eve.leave();
  },
  "A refusal ends the socket with a code and a reason, and the client must come back.": async () => {
    const gil = await site.enter(room, "gil");
    gil.say({ type: "message", content: "x".repeat(8_001) });
    expect(await gil.end()).toEqual({ code: 1009, reason: "A message has at most 8000 characters." });
    expect(gil.heard).toHaveLength(1);
    await (await site.enter(room, "gil")).leave();
  },
  "How far somebody read is not told, and what a client showed counts as delivered, never as read.": async () => {
    const hedda = await site.enter(room, "hedda");
    hedda.say({ type: "message", content: "read me" });
    await hedda.next();
    await until(ada, () => said(ada, room).includes("hedda: read me"));
    const { seq } = await ada.post(room, "read by nobody").sent;
    await hedda.next();
    ada.markRead(room, seq);
    expect(await hedda.rest()).toEqual([]);
    await hedda.leave();
    await isDelivered(ada, room, seq);
    expect(await ada.call("receipts", { conversation: room, seq })).toMatchObject({ delivered: 1, read: 0 });
  },
  "Private rooms are in no list; a member who proves it reaches one by its number.": async () => {
    const token = await heldBy(site.url, "Ida");
    const headers = { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ key: "private", name: "Den", visibility: "private" });
    const asJson = { ...headers, "content-type": "application/json" };
    const made = await fetch(`${site.url}/api/rooms`, { method: "POST", headers: asJson, body });
    const { id } = ((await made.json()) as { conversation: { id: number } }).conversation;
    const { rooms } = (await (await site.ask("GET", "", undefined, headers)).json()) as { rooms: { id: number }[] };
    expect(rooms.map((one) => one.id)).not.toContain(id);
    await (await site.enter(id, "ida", token)).leave();
    expect((await (await OldClient.open(site.address(id, "stranger"))).end()).code).toBe(4004);
  },
};

test("[DIA74] rooms: what its wire cannot carry is said of it, and is so", async () => {
  expect(Object.keys(PROOFS)).toEqual(gaps.map(({ what }) => what));
  for (const prove of Object.values(PROOFS)) await prove();
}, 30_000);
