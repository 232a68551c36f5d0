import { expect, test } from "bun:test";
import type { ServerFrameOf } from "@parley/protocol/frames";
import { acknowledged, beginTalk, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { Line } from "../kit/node.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { spelled } from "../kit/spelled.ts";

const IDLE = 300;
const TURNS = 3;

async function idleLines(url: string): Promise<Line[]> {
  const socket = `${url.replace("http", "ws")}/socket`;
  const names = Array.from({ length: IDLE }, (_, at) => `Idle ${spelled(at)}`);
  return Promise.all(names.map((name) => Line.enter(socket, name)));
}

/** When each of these was told to come back; every one of them must have been told, and closed to be resumed. */
async function returnsOf(lines: Line[]): Promise<number[]> {
  const codes = await Promise.all(lines.map((line) => line.closed()));
  expect(new Set(codes)).toEqual(new Set([4000]));
  return lines.map((line) => (line.frames.at(-1) as ServerFrameOf<"bye">).retry_after);
}

test("[OPS13] stopped by SIGTERM under load, three times, the server sends everybody away at times that are spread, ends with 0 and loses nothing", async () => {
  const folder = temporaryFolder();
  const server = new ServerProcess({ port: await freePort(), data: folder.path });
  try {
    await server.start();
    const crowd = await moveIn(server.url, { clients: 30, rooms: 3 });
    const talk = beginTalk(crowd, 5);
    for (let turn = 0; turn < TURNS; turn++) {
      const lines = await idleLines(server.url);
      const before = acknowledged(crowd);
      while (acknowledged(crowd) < before + 200) await Bun.sleep(5);
      expect(await server.stop()).toBe(0);
      const returns = (await returnsOf(lines)).sort((one, other) => one - other);
      expect(returns[0]).toBeGreaterThanOrEqual(500);
      expect(returns.at(-1)).toBeLessThanOrEqual(2000);
      // No tenth of a second has more than a third of them.
      expect(
        Math.max(...returns.map((at) => returns.filter((other) => other >= at && other < at + 100).length)),
      ).toBeLessThan(IDLE / 3);
      await server.start();
    }
    await talk.end();
    expect(await compare(crowd)).toMatchObject(NO_LOSSES);
    expect(await server.stop()).toBe(0);
  } finally {
    await server.kill();
    folder.remove();
  }
}, 90_000);
