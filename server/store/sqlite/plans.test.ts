import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { CLAIMANT } from "./access.ts";
import { BLOCKS } from "./blocks.ts";
import { CLAIMED } from "./commit.ts";
import { HISTORY } from "./history.ts";
import { RAISE } from "./marks.ts";
import { migrate } from "./migrate.ts";
import { BY_TOKEN, FIND, HOUSE, OPEN_NAMED } from "./people.ts";
import { READS } from "./reads.ts";
import { MIGRATIONS } from "./schema.ts";
import { plannedOnce, Statements } from "./statements.ts";

const QUESTIONS = {
  ...READS,
  ...HISTORY,
  ...BLOCKS,
  byToken: BY_TOKEN,
  claimed: CLAIMED,
  claimant: CLAIMANT,
  find: FIND,
  open: OPEN_NAMED,
  house: HOUSE,
  raise: RAISE,
};

function planOf(db: Database, sql: string): string[] {
  const steps = db.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${plannedOnce(sql)}`).all();
  return steps.map(({ detail }) => detail);
}

test("[LOG12] every question is answered by an index, and none sorts", () => {
  const db = new Database(":memory:");
  migrate(db, MIGRATIONS);
  for (const [name, sql] of Object.entries(QUESTIONS)) {
    for (const step of planOf(db, sql)) {
      const small = /^SCAN (json_each|\(subquery-\d+\))/.test(step);
      expect({ name, step, scans: step.startsWith("SCAN") && !small }).toEqual({ name, step, scans: false });
      expect({ name, step, sorts: step.includes("TEMP B-TREE") }).toEqual({ name, step, sorts: false });
    }
  }
  db.close();
});

test("[LOG12] unread messages are counted in the index alone, and a key is looked up in its own", () => {
  const db = new Database(":memory:");
  migrate(db, MIGRATIONS);
  expect(planOf(db, READS.unread).join()).toContain("COVERING INDEX place (conversation=? AND seq>?)");
  expect(planOf(db, CLAIMED).join()).toContain("INDEX claim (key=? AND conversation=? AND author=?)");
  db.close();
});

/** Milliseconds that a hundred answers take at best. */
function fastest(answer: () => unknown): number {
  const took = Array.from({ length: 20 }, () => {
    const began = performance.now();
    for (let nth = 0; nth < 100; nth++) answer();
    return performance.now() - began;
  });
  return Math.min(...took);
}

test("[LOG18] what joins is planned once: with each value anew it takes several times as long", () => {
  const db = new Database(":memory:");
  migrate(db, MIGRATIONS);
  const statements = new Statements(db);
  for (const sql of [READS.memberships, READS.standing, READS.sight, READS.reachedBy]) {
    const values = [7, 7, 7].slice(0, db.prepare(sql).paramsCount);
    const once = statements.prepare(sql);
    const anew = db.prepare(sql);
    expect(fastest(() => once.all(...values))).toBeLessThan(fastest(() => anew.all(...values)) / 2);
  }
  statements.finalize();
  db.close();
});
