import { afterEach, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { MIGRATIONS } from "../../server/store/postgres/schema.ts";
import { Cluster } from "../kit/cluster.ts";
import { acknowledged, beginTalk, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import type { ServerProcess } from "../kit/process.ts";
import { until } from "../kit/replicas.ts";
import { harmsOf, NEXT_STEP, nextEntry } from "./next-step.ts";

const NEXT = fileURLToPath(new URL("next-version.ts", import.meta.url));
const KNOWN = MIGRATIONS.length;

let cluster: Cluster;
afterEach(() => cluster?.remove());

/** Steps that stand. One that was released is in databases, and what is in them does not change with it. */
const STEPS = ["db2b87cc52ca0cdc", "699a2deec6b9917e", "fec5590abea417d5"];

test("[CLU18] each step of the schema is as it was, and only adds to what the version before works with", () => {
  const hashOf = (step: string) => Bun.hash.xxHash64(step).toString(16);
  expect(MIGRATIONS.map(hashOf)).toEqual(STEPS);
  for (const step of [...MIGRATIONS, NEXT_STEP]) expect(harmsOf(step)).toEqual([]);
});

test("[CLU18] a step that takes away, changes or holds up what is in use is found", () => {
  for (const step of [
    "DROP TABLE edits",
    "ALTER TABLE users DROP COLUMN looks",
    "ALTER TABLE users RENAME COLUMN looks TO seen",
    "ALTER TABLE users ALTER COLUMN id TYPE text",
    "ALTER TABLE users ADD COLUMN seen bigint NOT NULL",
    "ALTER TABLE users ADD COLUMN seen bigint NOT NULL DEFAULT nextval('seen')",
    "ALTER TABLE users ADD COLUMN seen bigint UNIQUE",
    "ALTER TABLE users ADD COLUMN seen bigint, DROP COLUMN looks",
    "ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '')",
    "CREATE INDEX spoken ON entries (author)",
    "CREATE OR REPLACE FUNCTION commit_1(batch jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT 1 $$",
    "DROP FUNCTION commit_1",
    "CREATE TRIGGER late BEFORE INSERT ON entries EXECUTE FUNCTION late_1()",
    "UPDATE users SET role = 'member'",
  ]) {
    expect([step, harmsOf(`CREATE TABLE fine (id bigint);\n${step};`)]).toEqual([step, [expect.any(String)]]);
  }
});

test("[CLU17] three nodes become the next version one after the other under load: the old ones work on with its schema, and nothing is lost", async () => {
  cluster = await Cluster.start({ nodes: 3, doorbell: "nats" });
  const [one, two, three] = cluster.nodes as [ServerProcess, ServerProcess, ServerProcess];
  const crowd = await moveIn(cluster.url, { clients: 20, rooms: 3 });
  const talk = beginTalk(crowd);
  const goesOn = async (ms: number) => {
    const before = acknowledged(crowd);
    await Bun.sleep(ms);
    expect(acknowledged(crowd)).toBeGreaterThan(before + 20);
  };
  await goesOn(500);
  // A backup reads all that the new step has to change.
  const backedUp = await cluster.postgres.hold("LOCK TABLE parley.conversations IN ACCESS SHARE MODE");
  expect(await one.stop()).toBe(0);
  one.become(NEXT);
  const started = one.start();
  await goesOn(2_000);
  await backedUp();
  await started;
  // It writes what only it knows.
  const [room] = crowd.rooms as [number];
  const [author] = crowd.people.map(({ client }) => client.me?.id ?? 0) as [number];
  await (await cluster.postgres.hold(nextEntry(room, author)))();
  await goesOn(500);
  // Whoever stops can come back as what everybody becomes, and not as what it was.
  await two.kill();
  two.spawn();
  expect(await two.ended()).toBe(1);
  expect(two.output).toContain(`written by a newer Parley (schema ${KNOWN + 1}; this one knows ${KNOWN})`);
  two.become(NEXT);
  await two.start();
  expect(three.output).not.toContain('"level":"error"');
  expect(await three.stop()).toBe(0);
  three.become(NEXT);
  await three.start();
  await goesOn(500);
  await talk.end();
  for (const { client } of crowd.people) {
    await until(client, () =>
      client.timeline(room).rows.some((row) => row.kind === "notice" && row.entry.key === "next"),
    );
  }
  expect(await compare(crowd)).toMatchObject(NO_LOSSES);
});
