import { expect, test } from "bun:test";
import { affordableSockets } from "../kit/process.ts";
import { runStampede } from "./stampede.ts";

test("[BND8] 10,000 clients that come back at once to a server that was killed all catch up, and it stays well", async () => {
  const clients = await affordableSockets(10_000);
  expect(clients).toBeGreaterThan(2000);
  const report = await runStampede(clients);
  console.log(`stampede: ${JSON.stringify(report)}`);
  expect(report).toMatchObject({ clients, back: clients, complete: clients, health_failures: 0 });
  expect(report.health_answers).toBeGreaterThan(0);
}, 180_000);
