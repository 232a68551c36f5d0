import { expect, test } from "bun:test";
import { affordableSockets } from "../kit/process.ts";
import { measureIdle } from "./idle-memory.ts";

const LIMIT = 4096;
const WANTED = 10_000;

test("[BND7] an idle server with 10,000 sockets in five rooms each stays under 4 KB a socket above its start", async () => {
  const sockets = await affordableSockets(WANTED);
  expect(sockets).toBeGreaterThan(2000);
  const report = await measureIdle(sockets);
  expect(report).toMatchObject({ sockets, rooms: 5 });
  expect(report.bytes_per_socket).toBeLessThan(LIMIT);
}, 180_000);
