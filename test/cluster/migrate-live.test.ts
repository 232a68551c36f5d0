import { expect, test } from "bun:test";
import { acknowledged, compare, keepTalking, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { Removal } from "../kit/removal.ts";
import { fetchAll } from "../kit/replicas.ts";

const at = new Removal();

/** Copies while everybody talks; resolves when it is told that the server is to stop, and goes on by itself. */
async function migrateLive(args: string[], env: Record<string, string> = {}) {
  const moving = at.migrating(["--live", "--json", ...args], env);
  await moving.said(/everything so far is copied/);
  return moving;
}

test("[MOVE8] a live move copies while people talk and brings the rest once the server stopped: they notice a pause, nothing is lost, doubled, misordered or miscounted", async () => {
  const server = await at.serve("one");
  const crowd = await moveIn(server.url, { clients: 100, rooms: 6 });
  at.keep(...crowd.people.map(({ client }) => client));
  const eve = await at.enter(server.url, "Eve");
  const { id: room } = await eve.createRoom({ name: "Secrets" });
  let talking = true;
  const talk = keepTalking(crowd, () => talking, 1_500);
  const erased = Promise.try(async () => {
    const seqs: number[] = [];
    for (; talking; await Bun.sleep(20)) {
      seqs.push((await eve.post(room, "a secret").sent).seq);
      if (seqs.length > 20) await eve.delete(room, seqs.at(-20) ?? 0);
    }
    return seqs.slice(1, -20);
  });
  await Bun.sleep(1_000);
  const moving = await migrateLive(["--from", `sqlite:${at.placeIn("one")}`, "--to", at.postgres.url]);
  const before = acknowledged(crowd);
  await Bun.sleep(1_000);
  expect(acknowledged(crowd)).toBeGreaterThan(before);
  const stopped = performance.now();
  await server.stop();
  const { code, out } = await moving.ended();
  expect(code).toBe(0);
  expect(JSON.parse(out.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ moved: true });
  await at.serve("nodes", at.keyIn("one"));
  const pause = performance.now() - stopped;
  const resumed = acknowledged(crowd);
  while (acknowledged(crowd) < resumed + 100) await Bun.sleep(50);
  talking = false;
  const [gone] = await Promise.all([erased, talk]);
  expect(pause).toBeLessThan(20_000);
  const log = await fetchAll(eve, room);
  const { acknowledged: all, ...losses } = await compare(crowd);
  expect(losses).toMatchObject(NO_LOSSES);
  expect(all).toBeGreaterThan(resumed);
  const left = log.filter((item) => item.kind === "message" && gone.includes(item.seq));
  expect(left.length).toBe(gone.length);
  expect(JSON.stringify(left)).not.toContain("a secret");
});

test("[MOVE8] on the way back a live move keeps nodes from writing by itself: whatever they acknowledged has arrived", async () => {
  await at.furnish("one");
  expect((await at.toPostgres()).code).toBe(0);
  const secret = at.keyIn("one");
  const node = await at.storeIn({ secret });
  const names = Array.from({ length: 2_000 }, (_, at) => `guest-${at}`);
  const enrolled: string[] = [];
  const writing = Promise.try(async () => {
    for (const name of names) {
      await node.enrol({ name, handles: [name], tokenHash: name, time: Date.now() });
      enrolled.push(name);
    }
  }).catch((error) => error.code);
  while (enrolled.length === 0) await Bun.sleep(1);
  const moving = await migrateLive(["--from", at.postgres.url, "--to", `sqlite:${at.placeIn("two")}`], {
    SECRET_KEY: secret,
  });
  expect((await moving.ended()).code).toBe(0);
  expect(await writing).toBe("unavailable");
  await node.close();
  const there = await at.storeIn("two");
  const found = await there.findUsers({ after: 0, limit: 10_000, query: "guest-" });
  expect(found.map(({ name }) => name)).toEqual(enrolled);
  await there.close();
});
