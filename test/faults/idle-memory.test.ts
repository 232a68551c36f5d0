import { expect, test } from "bun:test";
import { affordableSockets } from "../kit/process.ts";
import { measureIdle } from "./idle-memory.ts";

const SOCKETS = 10_000;

async function bytesEach(devices: number): Promise<number> {
  const sockets = await affordableSockets(SOCKETS);
  expect(sockets).toBeGreaterThan(2000);
  const report = await measureIdle(sockets, Math.ceil(sockets / devices));
  expect(report).toMatchObject({ sockets, rooms: 5 });
  return report.bytes_per_socket;
}

test("[BND7] 10,000 sockets in five rooms each, ten of each person, cost an idle server less than 4 KB a socket as it stands", async () => {
  expect(await bytesEach(10)).toBeLessThan(4 * 1024);
}, 180_000);

test("[BND7] 10,000 sockets in five rooms each, each of somebody else, cost it less than 7 KB as it stands", async () => {
  expect(await bytesEach(1)).toBeLessThan(7 * 1024);
}, 180_000);
