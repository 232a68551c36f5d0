import { expect, test } from "bun:test";
import { connect, createServer, type Socket } from "node:net";
import { type Fault, FaultProxy } from "./proxy.ts";
import { randomFrom } from "./random.ts";

const SAID = Buffer.from(Array.from({ length: 400 }, (_, at) => `line ${at} of a long story\n`).join(""));

/** A server that tells its story in small pieces to whoever says something. */
async function storyteller(heard: string[]) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", async (asked) => {
      heard.push(String(asked));
      for (let at = 0; at < SAID.length && !socket.destroyed; at += 50) {
        socket.write(SAID.subarray(at, at + 50));
        await Bun.sleep(1);
      }
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, stop: () => server.close() };
}

/** What somebody hears through a proxy with this fault, and what the server heard of them. */
async function listen(faults: Fault[]): Promise<{ heard: Buffer; asked: string; happened: number; host: string }> {
  const asked: string[] = [];
  const server = await storyteller(asked);
  const proxy = await FaultProxy.open({ url: server.url, faults, random: randomFrom(1), every: 60 });
  const socket: Socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  const pieces: Buffer[] = [];
  socket.on("data", (data: Buffer) => pieces.push(data));
  socket.on("error", () => {});
  socket.write("GET /socket HTTP/1.1\r\nHost: elsewhere\r\n\r\n");
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const { happened } = proxy;
  await proxy.close();
  server.stop();
  return { heard: Buffer.concat(pieces), asked: asked.join(), happened, host: new URL(server.url).host };
}

test("[PROVE7] a good line through the proxy tells everything, under the server's own name", async () => {
  const { heard, asked, host, happened } = await listen([]);
  expect(heard.equals(SAID)).toBe(true);
  expect(asked).toContain(`Host: ${host}\r\n`);
  expect(happened).toBe(0);
});

test("[PROVE7] a line that is cut, or dead without a word, ends with the beginning of what was said", async () => {
  for (const fault of ["cuts", "half-open"] as const) {
    const { heard, happened } = await listen([fault]);
    expect({ fault, happened: happened > 0, short: heard.length < SAID.length }).toMatchObject({
      happened: true,
      short: true,
    });
    expect(SAID.subarray(0, heard.length).equals(heard)).toBe(true);
  }
});

test("[PROVE7] a line that is silent for a while, or reads slowly, tells everything in the end", async () => {
  for (const fault of ["stalls", "slow"] as const) {
    const { heard, happened } = await listen([fault]);
    expect({ fault, happened: happened > 0, whole: heard.equals(SAID) }).toEqual({
      fault,
      happened: true,
      whole: true,
    });
  }
});
