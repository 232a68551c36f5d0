import { expect, test } from "bun:test";
import type { ServerFrame } from "@parley/protocol/frames";
import { orSkip } from "../../tools/debian.ts";
import { acknowledged, beginTalk, type Crowd, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { type SmallDisk, smallDisk } from "../kit/disk.ts";
import { Line, secretOf } from "../kit/node.ts";
import { freePort, ServerProcess } from "../kit/process.ts";

const MEGABYTES = 24;
const isAllowed = await orSkip(tried());

async function tried(): Promise<string> {
  const disk = await smallDisk(1);
  await disk.remove();
  return disk.path;
}

/** A server on a small disk, and people in it. */
async function settled(disk: SmallDisk): Promise<{ server: ServerProcess; crowd: Crowd }> {
  const server = new ServerProcess({ port: await freePort(), data: `${disk.path}/data`, under: disk.under });
  await server.start();
  return { server, crowd: await moveIn(server.url, { clients: 8, rooms: 2 }) };
}

/** Posts one small message after the other until one is refused: the refusal and its key. */
async function refusal(line: Line, room: number): Promise<{ error: ServerFrame; key: string; texts: number }> {
  for (let n = 0; ; n++) {
    const key = `fill-${n}`;
    line.say([{ t: "post", id: 100_000 + n, key, conversation: room, text: `fill/${n}` }]);
    const answer = await line.until(
      (frame) =>
        (frame.t === "error" && frame.id === 100_000 + n) ||
        (frame.t === "entries" && frame.entries.some((entry) => entry.key === key)),
    );
    if (answer.t === "error") return { error: answer, key, texts: n };
  }
}

test.skipIf(!isAllowed)(
  "[DUR5] on a full disk posts are refused with a clear word, reading goes on, nothing acknowledged is lost, and what waited is sent once there is room",
  async () => {
    const disk = await smallDisk(MEGABYTES);
    const { server, crowd } = await settled(disk);
    try {
      const talk = beginTalk(crowd);
      const [room] = crowd.rooms as [number];
      const socket = `${server.url.replace("http", "ws")}/socket`;
      const witness = await Line.enter(socket, "Witness");
      await witness.ask({ t: "join", key: "join", conversation: room });
      while (acknowledged(crowd) < 100) await Bun.sleep(10);

      disk.fill();
      const { error, key } = await refusal(witness, room);
      expect(error).toMatchObject({ code: "unavailable", message: "The server's disk is full.", retry_after: 1000 });
      await stillReads(server.url, socket, room);
      const before = acknowledged(crowd);
      await Bun.sleep(2000);
      // A commit or two may have found room in the files as they are.
      expect(acknowledged(crowd)).toBeLessThan(before + 50);

      disk.empty();
      const again = { t: "post", id: 1, key, conversation: room, text: error.t };
      witness.say([again, { ...again, id: 2 }]);
      await witness.until((frame) => frame.t === "entries" && frame.entries.some((entry) => entry.key === key));
      while (acknowledged(crowd) < before + 100) await Bun.sleep(10);
      await talk.end();
      while (!(await fetch(`${server.url}/ready`)).ok) await Bun.sleep(50);
      witness.close();
      expect(await compare(crowd)).toMatchObject(NO_LOSSES);
      expect(await server.stop()).toBe(0);
    } finally {
      await server.kill();
      await disk.remove();
    }
  },
  60_000,
);

/** What needs no room on the disk works on. */
async function stillReads(url: string, socket: string, room: number): Promise<void> {
  const headers = { authorization: `Bearer ${secretOf("Witness")}` };
  const page = await fetch(`${url}/api/conversations/${room}/messages`, { headers });
  expect(page.status).toBe(200);
  expect(((await page.json()) as { items: unknown[] }).items.length).toBeGreaterThan(20);
  const back = await Line.open(socket);
  back.say([{ t: "hello", version: 1, token: secretOf("Witness") }]);
  await back.until((frame) => frame.t === "caught_up");
  back.close();
  const stranger = await Line.open(socket);
  stranger.say([{ t: "hello", version: 1, guest: { name: "Stranger", secret: secretOf("Stranger") } }]);
  const told = await stranger.until((frame) => frame.t === "error" || frame.t === "welcome");
  expect(told).toMatchObject({ t: "error", code: "unavailable" });
  stranger.close();
  expect((await fetch(`${url}/health`)).status).toBe(200);
  while ((await fetch(`${url}/ready`)).status !== 503) await Bun.sleep(50);
}

test.skipIf(!isAllowed)(
  "[DUR5] a start on a full disk is refused in one sentence, harms nothing, and works once there is room",
  async () => {
    const disk = await smallDisk(MEGABYTES);
    const { server, crowd } = await settled(disk);
    try {
      const talk = beginTalk(crowd, 5);
      while (acknowledged(crowd) < 200) await Bun.sleep(10);
      await server.kill();
      disk.fill();
      for (let start = 0; start < 3; start++) {
        server.spawn();
        expect([await server.ended(), server.output]).toEqual([
          1,
          `parley: The disk that holds the data folder ${disk.path}/data is full.\n`,
        ]);
      }
      disk.empty();
      await server.start();
      await talk.end();
      expect(await compare(crowd)).toMatchObject(NO_LOSSES);
      expect(await server.stop()).toBe(0);
    } finally {
      await server.kill();
      await disk.remove();
    }
  },
  60_000,
);
