import { afterAll, expect, test } from "bun:test";
import { createClient } from "@parley/client";
import type { ClientClock } from "@parley/client/client";
import { systemClock } from "@parley/server/observe/clock";
import { secretOf, startNode } from "../kit/node.ts";
import { enter, expectSameAsServer, until } from "../kit/replicas.ts";

const ROOMS = 30;
const LINES = 100;
const DAY = 86_400_000;

const node = startNode();
afterAll(() => node.stop());

/** A socket that counts what arrived. */
const heard = { bytes: 0, frames: 0 };
class CountingSocket extends WebSocket {
  constructor(url: string | URL) {
    super(url);
    this.addEventListener("message", ({ data }) => {
      heard.bytes += Buffer.byteLength(String(data));
      heard.frames += JSON.parse(String(data)).length;
    });
  }
}

/** A clock that can be put forward, as a lid that was shut for a day does. */
function sleeper(): ClientClock & { sleep(ms: number): void } {
  let slept = 0;
  return {
    now: () => Date.now() + slept,
    after: systemClock.after,
    sleep: (ms) => {
      slept += ms;
    },
  };
}

test("[RES11] after a day of sleep only the difference travels, whatever else is held", async () => {
  const ada = await enter(node.url, "Ada");
  const rooms = await Promise.all(Array.from({ length: ROOMS }, (_, at) => ada.createRoom({ name: `Room ${at}` })));
  const clock = sleeper();
  const url = node.url.replace("ws", "http").replace("/socket", "");
  const ben = createClient({ url, token: secretOf("Ben"), WebSocket: CountingSocket as typeof WebSocket, clock });
  await ben.signIn("Ben");
  for (const room of rooms) await ben.join(room.id);
  const posts = rooms.flatMap(({ id }) => Array.from({ length: LINES }, (_, at) => ada.post(id, `line ${at}`).sent));
  await Promise.all(posts);
  await until(ben, () => rooms.every(({ id }) => (ben.timeline(id).head ?? 0) >= LINES + 3));
  const whole = heard.bytes;

  ben.disconnect();
  const missed = [rooms[3], rooms[17]].map((room) => room?.id ?? 0);
  for (const id of missed) await ada.post(id, "while you slept").sent;
  clock.sleep(DAY);
  heard.bytes = 0;
  heard.frames = 0;
  ben.connect();
  await until(ben, () => ben.line.is === "live" && missed.every((id) => ben.conversation(id)?.unread === LINES + 1));
  console.log(`held ${whole} bytes of ${ROOMS} rooms; a day later ${heard.bytes} bytes in ${heard.frames} frames`);
  // A welcome, two entries, and for each room one row of counts: nothing of what is held.
  expect(heard.bytes).toBeLessThan(1_000 + 2 * 400 + ROOMS * 120);
  expect(heard.frames).toBeLessThan(8);
  await expectSameAsServer(ben, node.store);
  ada.disconnect();
  ben.disconnect();
});
