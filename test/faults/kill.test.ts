import { expect, test } from "bun:test";
import { runKillLoop } from "./kill-loop.ts";

test("[DUR1] 50 clients post in 5 rooms while the server is killed ten times: nothing acknowledged is lost, nothing is doubled, the order is one", async () => {
  const report = await runKillLoop({ clients: 50, rooms: 5, kills: 10, between: [200, 700] });
  expect(report).toMatchObject({ lost: 0, duplicated: 0, misordered: 0, unread_drift: 0, kills: 10 });
  expect(report.acknowledged).toBeGreaterThan(500);
  expect(report.delivered).toBeGreaterThanOrEqual(report.acknowledged * 50);
}, 120_000);
