import { expect, test } from "bun:test";
import type { User } from "@parley/server/core/rows";
import { Channel, type Guest, type RoomCodec } from "@parley/server/gateways/channel";
import type { Socket } from "@parley/server/gateways/dialect";
import { roomsCodec } from "@parley/server/gateways/dialects/rooms/codec";
import { joined } from "@parley/server/gateways/joined";
import { keysOf } from "@parley/server/gateways/keys";
import { Stage } from "../kit/stage.ts";

const digests = { content: () => 0, token: () => "", random: () => crypto.randomUUID() };

/** A codec that counts how often each kind of frame was made. */
function counting() {
  const counts = { message: 0, typing: 0, came: 0, went: 0 };
  const codec: RoomCodec = { ...roomsCodec };
  for (const kind of ["message", "typing", "came", "went"] as const) {
    const make = roomsCodec[kind] as (...args: never[]) => string | null;
    (codec as unknown as Record<string, unknown>)[kind] = (...args: never[]) => {
      counts[kind] += 1;
      return make(...args);
    };
  }
  return { codec, counts };
}

/** A room on the stage with so many old clients in it. */
async function crowded(count: number) {
  const stage = new Stage();
  const { codec, counts } = counting();
  const owner = await stage.person("Ada");
  const room = await stage.room(owner);
  const published: string[] = [];
  const broadcast = { publish: (_: string, frame: string) => void published.push(frame) };
  const observer = { count: () => {}, log: () => {} };
  const newKey = keysOf(stage.clock, digests);
  const parts = { chat: stage.chat, clock: stage.clock, newKey, broadcast, observer };
  const channel = new Channel(parts, codec, room, () => {});
  await channel.open();
  const told: string[] = [];
  for (let nth = 0; nth < count; nth++) {
    const user = await stage.chat.people.open(`guest ${nth}`);
    channel.expect();
    await channel.enter(guestOf(user, told), await joined({ chat: stage.chat, digests }, user, room));
  }
  return { stage, owner, room, channel, counts, published, told };
}

function guestOf(user: User, told: string[], ended: (why: string) => void = () => {}): Guest {
  const socket = {
    ...{
      network: "",
      commands: 0,
      cookie: null,
      connection: "",
      subscribe: () => {},
      unsubscribe: () => {},
      waiting: () => 0,
      drained: async () => {},
    },
    ...{ send: (frame: string) => void told.push(frame), close: () => {}, end: () => {}, terminate: () => {} },
    ...{ ping: () => 1, alive: async () => true },
    together: (say) => say({ sendText: (frame) => void told.push(frame) }),
  } satisfies Socket;
  return { user, socket, saysBlank: false, isGone: false, since: 0, active: 0, ended };
}

test("[DIA6] what happens in a room is encoded once and published once for all sockets of a dialect, however many there are", async () => {
  const { stage, owner, room, counts, published, told } = await crowded(200);
  expect(counts).toEqual({ message: 0, typing: 0, came: 200, went: 0 });
  // Whoever comes is told who is here; nothing else is said to one socket alone.
  expect(told).toHaveLength(200);
  const before = published.length;
  await Promise.all(["one", "two", "three"].map((text) => stage.post(owner, room, text)));
  await stage.settle();
  expect(counts.message).toBe(3);
  expect(published.slice(before).map((frame) => JSON.parse(frame).content)).toEqual(["one", "two", "three"]);
  expect(told).toHaveLength(200);
});

test("[DIA6] of more messages in one commit than may wait for a socket, the rest is said to each socket, in their order", async () => {
  const { stage, owner, room, counts, published, told } = await crowded(3);
  const before = published.length;
  const welcomes = told.splice(0).length;
  const texts = Array.from({ length: 50 }, (_, nth) => `message ${nth}`);
  await Promise.all(texts.map((text) => stage.post(owner, room, text)));
  await stage.settle();
  expect([welcomes, counts.message]).toEqual([3, 50]);
  const contentOf = (frame: string) => JSON.parse(frame).content;
  expect(published.slice(before).map(contentOf)).toEqual(texts.slice(0, 32));
  expect(told.map(contentOf)).toEqual([1, 2, 3].flatMap(() => texts.slice(32)));
});

test("[DIA70] rooms: what was said before a room was deleted is told before its sockets end, however long a name takes to be read", async () => {
  const { stage, owner, room, channel, published } = await crowded(1);
  const ends: string[] = [];
  const user = await stage.chat.people.open("last");
  channel.expect();
  const membership = await joined({ chat: stage.chat, digests }, user, room);
  await channel.enter(
    guestOf(user, [], (why) => ends.push(why, ...published.slice(-1))),
    membership,
  );
  const { people } = stage.chat;
  const known = people.known.bind(people);
  const gate = Promise.withResolvers<void>();
  people.known = async (ids) => {
    await gate.promise;
    return known(ids);
  };
  const over = channel.over.then(() => ends.push("over"));
  await stage.post(owner, room, "last words");
  await stage.chat.run({ user: owner }, "delete_room", { key: "end", conversation: room });
  await stage.settle();
  expect(ends).toEqual([]);
  gate.resolve();
  await over;
  expect([ends[0], ends[2]]).toEqual(["gone", "over"]);
  expect(JSON.parse(ends[1] as string)).toMatchObject({ type: "message", username: "ada", content: "last words" });
});
