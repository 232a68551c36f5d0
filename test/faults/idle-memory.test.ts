import { expect, test } from "bun:test";
import { measureIdle } from "./idle-memory.ts";

const LIMIT = 4096;
const WANTED = 10_000;

/** How many sockets this process may hold, with some files to spare. */
async function affordable(): Promise<number> {
  const limits = await Bun.file("/proc/self/limits").text();
  const files = Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? 1024);
  return Math.min(WANTED, files - 1000);
}

test("[BND7] an idle server with 10,000 sockets in five rooms each stays under 4 KB a socket above its start", async () => {
  const sockets = await affordable();
  expect(sockets).toBeGreaterThan(2000);
  const report = await measureIdle(sockets);
  expect(report).toMatchObject({ sockets, rooms: 5 });
  expect(report.bytes_per_socket).toBeLessThan(LIMIT);
}, 180_000);
