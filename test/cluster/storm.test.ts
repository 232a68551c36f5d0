import { expect, test } from "bun:test";
import { judged } from "./old-talkers.ts";
import { runStorm } from "./storm.ts";

test("[CLU5] whatever befalls three nodes, one after the other, their clients and those of a dialect lose nothing", async () => {
  const report = await runStorm({ minutes: 0.13, clients: 20, olds: 4, doorbell: "redis", pause: 300 });
  expect(report).toMatchObject({ lost: 0, duplicated: 0, misordered: 0, unread_drift: 0, bugs: 0 });
  expect(report.old).toMatchObject({ lost: 0, duplicated: 0, misordered: 0 });
  const befell = ["node_without_bus", "node_without_database", "node_killed"];
  expect(Object.keys(report.mishaps)).toEqual(expect.arrayContaining(befell));
  expect([report.acknowledged > 100, report.old.said > 10]).toEqual([true, true]);
});

test("[CLU5] what an old client misses, hears twice, out of turn or from nowhere is counted", () => {
  const log = ["a", "b", "c", "d"];
  const fine = { lost: 0, duplicated: 0, misordered: 0 };
  expect(judged(log, [log, ["b", "c"], [], ["d"]])).toEqual(fine);
  expect(judged(log, [["a", "c"], ["x"]])).toEqual({ ...fine, lost: 2 });
  expect(judged(log, [["a", "a"]])).toEqual({ ...fine, duplicated: 1 });
  expect(judged(log, [["b", "a"]])).toEqual({ ...fine, misordered: 1 });
  expect(judged([...log, "a"], [])).toEqual({ ...fine, duplicated: 1 });
  expect(judged(["old/ann/2", "old/bob/1", "old/ann/1"], [])).toEqual({ ...fine, misordered: 1 });
});
