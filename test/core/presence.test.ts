import { expect, test } from "bun:test";
import { Stage } from "../kit/stage.ts";

async function pair() {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const room = await stage.room(ada, ben);
  const seat = await stage.seat(ada);
  return { stage, ada, ben, room, seat };
}

test("[PRE1] presence and typing are told to those who look, and to nobody else", async () => {
  const { stage, ben, room, seat } = await pair();
  const other = await stage.seat(ben);
  await seat.connection.look([room]);
  expect(seat.told("presence").at(-1)?.here?.length).toBe(2);
  await stage.chat.typing(other.connection, { conversation: room, active: true });
  stage.clock.advance(300);
  expect(seat.told("typing").at(-1)).toMatchObject({ users: [ben.id], count: 1 });
  expect(other.told("presence")).toEqual([]);
  expect(other.told("typing")).toEqual([]);
  await seat.connection.look([]);
  const heard = seat.frames.length;
  await stage.chat.typing(other.connection, { conversation: room, active: false });
  stage.clock.advance(300);
  expect(seat.frames.length).toBe(heard);
});

test("[PRE1] many changes within one pause are told once", async () => {
  const { stage, room, seat } = await pair();
  await seat.connection.look([room]);
  const before = seat.told("presence").length;
  const people = await Promise.all(Array.from({ length: 20 }, (_, i) => stage.person(`P ${i} p`)));
  for (const user of people) await stage.chat.run({ user }, "join", { key: "j", conversation: room });
  await Promise.all(people.map((user) => stage.seat(user)));
  stage.clock.advance(300);
  expect(seat.told("presence").length).toBe(before + 1);
  expect(seat.told("presence").at(-1)?.count).toBe(21);
});

test("[PRE2] somebody stays present for a while after their last socket, and not after they left the room", async () => {
  const { stage, ben, room, seat } = await pair();
  await seat.connection.look([room]);
  const present = () => {
    stage.clock.advance(300);
    return seat.told("presence").at(-1)?.here?.includes(ben.id);
  };
  const socket = await stage.seat(ben);
  expect(present()).toBe(true);
  socket.leave();
  stage.clock.advance(9_000);
  expect(present()).toBe(true);
  stage.clock.advance(1_500);
  expect(present()).toBe(false);
  await stage.seat(ben);
  expect(present()).toBe(true);
  await stage.chat.run({ user: ben }, "leave", { key: "bye", conversation: room });
  await stage.settle();
  expect(present()).toBe(false);
});

test("[PRE2] somebody who reads a room and then joins it is present from then on, and may be writing", async () => {
  const { stage, room, seat } = await pair();
  await seat.connection.look([room]);
  const cas = await stage.person("Cas");
  const reader = await stage.seat(cas);
  await reader.connection.follow(room, null);
  stage.clock.advance(300);
  expect(seat.told("presence").at(-1)?.here).not.toContain(cas.id);
  await stage.chat.run({ user: cas }, "join", { key: "j", conversation: room });
  await stage.settle();
  stage.clock.advance(300);
  expect(seat.told("presence").at(-1)?.here).toContain(cas.id);
  await stage.chat.typing(reader.connection, { conversation: room, active: true });
  stage.clock.advance(300);
  expect(seat.told("typing").at(-1)?.users).toEqual([cas.id]);
});

test("[PRE5] setting the server's clock lets nobody's presence or typing last longer, nor end earlier", async () => {
  for (const by of [3_600_000, -3_600_000]) {
    const { stage, ben, room, seat } = await pair();
    await seat.connection.look([room]);
    const told = () => {
      stage.clock.advance(300);
      return {
        here: seat.told("presence").at(-1)?.here?.includes(ben.id),
        typing: seat.told("typing").at(-1)?.users.includes(ben.id),
      };
    };
    const socket = await stage.seat(ben);
    await stage.chat.typing(socket.connection, { conversation: room, active: true });
    stage.clock.set(by);
    stage.clock.advance(5_000);
    expect(told()).toEqual({ here: true, typing: true });
    stage.clock.advance(1_000);
    expect(told()).toEqual({ here: true, typing: false });
    socket.leave();
    stage.clock.set(by);
    stage.clock.advance(9_000);
    expect(told().here).toBe(true);
    stage.clock.advance(1_000);
    expect(told().here).toBe(false);
  }
});

test("[PRE3] above a hundred present people only their number is told", async () => {
  const { stage, room, seat } = await pair();
  const crowd = await Promise.all(Array.from({ length: 100 }, (_, i) => stage.person(`crowd ${i} p`)));
  for (const user of crowd.slice(0, 99)) await stage.chat.run({ user }, "join", { key: "j", conversation: room });
  await Promise.all(crowd.slice(0, 99).map((user) => stage.seat(user)));
  await seat.connection.look([room]);
  expect(seat.told("presence").at(-1)?.here?.length).toBe(100);
  await stage.chat.run({ user: crowd[99] as never }, "join", { key: "j", conversation: room });
  await stage.seat(crowd[99] as never);
  stage.clock.advance(3_000);
  expect(seat.told("presence").at(-1)).toEqual({ t: "presence", conversation: room, count: 101 });
});

test("[PRE4] typing ends with the message, and by itself", async () => {
  const { stage, ben, room, seat } = await pair();
  await seat.connection.look([room]);
  const other = await stage.seat(ben);
  const typists = () => {
    stage.clock.advance(300);
    return seat.told("typing").at(-1)?.count;
  };
  await stage.chat.typing(other.connection, { conversation: room, active: true });
  expect(typists()).toBe(1);
  await stage.post(ben, room, "said it");
  expect(typists()).toBe(0);
  await stage.chat.typing(other.connection, { conversation: room, active: true });
  expect(typists()).toBe(1);
  stage.clock.advance(6_000);
  expect(typists()).toBe(0);
});

test("[BND3] in a room of 2,000 one message costs 2,000 deliveries and one encoding; marks, presence and typing cost no more", async () => {
  const stage = new Stage();
  const owner = await stage.person("owner");
  const room = await stage.room(owner);
  const people = await Promise.all(Array.from({ length: 1999 }, (_, i) => stage.person(`p ${i} member`)));
  await Promise.all(people.map((user) => stage.chat.run({ user }, "join", { key: "j", conversation: room })));
  const seats = await Promise.all([owner, ...people].map((user) => stage.seat(user)));
  await stage.settle();
  const cost = async (work: () => Promise<unknown>) => {
    const [deliveries, encodings] = [stage.deliveries, stage.codec.encodings];
    await work();
    await stage.settle();
    stage.clock.advance(2_000);
    return [stage.deliveries - deliveries, stage.codec.encodings - encodings];
  };
  expect(await cost(() => stage.post(owner, room, "hello, all"))).toEqual([2000, 1]);
  const { head } = (await stage.store.conversation(room)) as { head: number };
  const marks = () => people.map((user) => stage.chat.run({ user }, "mark", { conversation: room, read: head }));
  const [told] = await cost(() => Promise.all(marks()));
  expect(told).toBeLessThanOrEqual(2000);
  await Promise.all(seats.slice(0, 100).map((seat) => seat.connection.look([room])));
  const [typing] = await cost(async () => {
    for (const seat of seats) await stage.chat.typing(seat.connection, { conversation: room, active: true });
  });
  expect(typing).toBeLessThanOrEqual(2 * 100);
});
