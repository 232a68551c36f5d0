import { expect, test } from "bun:test";
import { NO_LOSSES } from "../kit/crowd.ts";
import { FAULTS } from "../kit/proxy.ts";
import { runNetwork } from "./network.ts";

test("[RES10] over lines that are late, stalled, cut, half open and bytewise by turns nothing is lost, doubled or misordered, and unread counts agree", async () => {
  const report = await runNetwork({ seed: 20_261, clients: 12, rooms: 3, changes: 25 });
  expect(report).toMatchObject(NO_LOSSES);
  expect(report.acknowledged).toBeGreaterThan(200);
  expect(report.delivered).toBeGreaterThanOrEqual(report.acknowledged * 12);
  for (const fault of FAULTS) expect([fault, report.faults[fault] > 5]).toEqual([fault, true]);
}, 90_000);
