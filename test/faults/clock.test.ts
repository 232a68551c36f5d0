import { expect, test } from "bun:test";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import { libfaketime, orSkip } from "../../tools/debian.ts";
import { acknowledged, beginTalk, type Crowd, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { Line, secretOf } from "../kit/node.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const library = await orSkip(libfaketime());
const BEAT = 800;
const DAY = 86_400;

/** A server whose time of day can be set while it runs, in seconds from the true one; what has passed stays true. */
async function startSettable(folder: string): Promise<{ server: ServerProcess; set(by: number): void }> {
  const [file, preload] = [join(folder, "clock"), join(folder, "clock.so")];
  // A path with a space in it could not be preloaded.
  copyFileSync(library as string, preload);
  const set = (by: number) => writeFileSync(file, `${by < 0 ? "" : "+"}${by}\n`);
  set(0);
  const env = {
    LD_PRELOAD: preload,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    PARLEY_BEAT_MS: `${BEAT}`,
    PARLEY_LINGER_MS: "500",
  };
  const server = new ServerProcess({ port: await freePort(), data: join(folder, "data"), env });
  await server.start();
  return { server, set };
}

/** What the server takes for the time, and for how long it has been up. */
async function healthOf(url: string): Promise<{ time: number; uptime: number }> {
  const { timestamp, uptime_s } = (await (await fetch(`${url}/health`)).json()) as Record<string, never>;
  return { time: Number(timestamp) * 1000, uptime: Number(uptime_s) };
}

/** Somebody comes into the room, writes, goes, and the clock is set: they must be gone for whoever looks. */
async function goWhileSet(watcher: Line, socket: string, room: number, name: string, set: () => void): Promise<void> {
  const leaver = await Line.enter(socket, name);
  await leaver.ask({ t: "join", key: "join", conversation: room });
  const welcome = await leaver.until<ServerFrameOf<"welcome">>((frame) => frame.t === "welcome");
  const isHere = (frame: ServerFrame) => frame.t === "presence" && frame.here?.includes(welcome.you.id) === true;
  await watcher.until(isHere);
  leaver.say([{ t: "typing", id: 1, conversation: room, active: true }]);
  leaver.close();
  set();
  const from = watcher.frames.length;
  await watcher.until((frame) => frame.t === "presence" && !isHere(frame) && watcher.frames.indexOf(frame) >= from);
}

/** Nobody else may be called like that, whatever the time is. */
async function expectHeld(socket: string, name: string): Promise<void> {
  const thief = await Line.open(socket);
  thief.say([{ t: "hello", version: 1, guest: { name, secret: secretOf("Thief") } }]);
  const answer = await thief.until((frame) => frame.t === "error" || frame.t === "welcome");
  expect(answer).toMatchObject({ code: "name_taken" });
  thief.close();
}

/** Counts how often each client of a crowd lost its line. */
function watchLines({ people }: Crowd): number[] {
  const lost = people.map(() => 0);
  people.forEach(({ client }, at) => {
    client.subscribe(() => {
      if (client.line.is !== "live" && client.line.is !== "catching_up") lost[at] = (lost[at] ?? 0) + 1;
    });
  });
  return lost;
}

test.skipIf(!library)(
  "[DUR10] while the server's clock jumps by days, both ways, nobody is dropped, the order is one, presence ends and names are held",
  async () => {
    const folder = temporaryFolder();
    const { server, set } = await startSettable(folder.path);
    try {
      const crowd = await moveIn(server.url, { clients: 6, rooms: 2 });
      const [room] = crowd.rooms as [number];
      const lost = watchLines(crowd);
      const socket = `${server.url.replace("http", "ws")}/socket`;
      const watcher = await Line.enter(socket, "Watcher");
      const beats = setInterval(() => watcher.say([{ t: "beat" }]), BEAT);
      await watcher.ask({ t: "join", key: "join", conversation: room });
      await watcher.ask({ t: "look", conversations: [room] });
      const talk = beginTalk(crowd, 20);
      for (const [at, by] of [40 * DAY, -40 * DAY, 3600, -3600, 0].entries()) {
        const before = acknowledged(crowd);
        await goWhileSet(watcher, socket, room, `Leaver ${"abcde"[at]}`, () => set(by));
        expect(Math.abs((await healthOf(server.url)).time - Date.now() - by * 1000)).toBeLessThan(60_000);
        await Bun.sleep(2.5 * BEAT);
        expect(acknowledged(crowd)).toBeGreaterThan(before);
        await expectHeld(socket, "Watcher");
      }
      await talk.end();
      clearInterval(beats);
      expect(watcher.closedWith).toBeNull();
      expect(lost).toEqual(lost.map(() => 0));
      expect((await healthOf(server.url)).uptime).toBeLessThan(60);
      expect(await compare(crowd)).toMatchObject(NO_LOSSES);
      watcher.close();
      set(-DAY);
      expect(await server.stop()).toBe(0);
    } finally {
      await server.kill();
      folder.remove();
    }
  },
  60_000,
);
