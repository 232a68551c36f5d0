import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { proofOf } from "@parley/server/auth/digests";
import connect from "postgres";
import { type MoveOptions, move } from "../../server/store/moving/move.ts";
import type { Source, Target } from "../../server/store/moving/ports.ts";
import { postgresSource, postgresTarget } from "../../server/store/moving/postgres.ts";
import { sqliteSource, sqliteTarget } from "../../server/store/moving/sqlite.ts";
import { openSqlite } from "../../server/store/sqlite/sqlite.ts";
import { type Ended, freePort } from "../kit/process.ts";
import { Removal } from "../kit/removal.ts";

const at = new Removal();

const failing = async (): Promise<never> => {
  throw new Error("the power went");
};

/** Both ends of a move from the data folder to Postgres, or of the way back, and how to let go of them. */
async function ends(way: "there" | "back"): Promise<{ source: Source; target: Target; release(): Promise<void> }> {
  const place = { url: at.postgres.url, schema: at.schema };
  const source = way === "there" ? sqliteSource(at.placeIn("one"), false) : await postgresSource(place, false);
  const target = way === "there" ? await postgresTarget(place) : sqliteTarget(at.placeIn("two"), () => {});
  return {
    source,
    target,
    async release() {
      await target.close();
      await source.close();
    },
  };
}

/** Moves in this process, where `source` and `target` may be broken. */
async function moveBy(
  way: "there" | "back",
  broken: (target: Target, source: Source) => void,
  more: Partial<MoveOptions> = {},
) {
  const { source, target, release } = await ends(way);
  broken(target, source);
  const proof = proofOf(at.keyIn("one"));
  const options = { proof, move: "m", time: Date.now(), rehearse: false, told: () => {}, check: () => {}, ...more };
  try {
    return await move(source, target, options).catch((error: Error) => error.message);
  } finally {
    await release();
  }
}

test("[MOVE3] what moved away is sealed: nobody opens it again, and nodes that are still connected can only read", async () => {
  await at.furnish("one");
  expect((await at.toPostgres()).code).toBe(0);
  const there = `postgres://127.0.0.1:${at.postgres.port}/postgres (schema ${at.schema})`;
  expect(await openSqlite(at.placeIn("one")).catch((error) => error.message)).toStartWith(
    `This database moved to ${there} on 2`,
  );
  const secret = at.keyIn("one");
  const node = await at.storeIn({ secret });
  const [ann] = await node.findUsers({ after: 0, limit: 1, query: "ann" });
  expect((await at.toSqlite(secret)).code).toBe(0);
  expect(await node.users([ann?.id ?? 0])).toMatchObject([{ name: "Ann" }]);
  const guest = { name: "Bob", handles: ["bob"], tokenHash: "bob", time: 0 };
  const mark = { conversation: ann?.inbox ?? 0, user: ann?.id ?? 0, delivered: 1, read: 1 };
  const writes = [() => node.enrol(guest), () => node.commit([], [mark]), () => node.offerOwnership("x"), node.ready];
  for (const write of writes) {
    expect(await write().catch((error) => error.code)).toBe("unavailable");
  }
  await node.close();
  expect(await at.storeIn({ secret }).catch((error) => error.message)).toStartWith(
    `This database moved to the data folder ${at.placeIn("two")} on 2`,
  );
  expect(await at.toSqlite(secret)).toMatchObject({ code: 1, err: expect.stringContaining("already") });
});

test("[MOVE5] a move that ends too early leaves the target empty and the source as it was; after the seal the next one ends it", async () => {
  await at.furnish("one");
  const secret = at.keyIn("one");
  const before = await at.answers("one");
  // In the midst of copying, and of comparing.
  for (const last of [3, 10]) {
    let batches = 0;
    const check = () => {
      if (++batches === last) throw new Error("the power went");
    };
    expect(await moveBy("there", () => {}, { check })).toBe("the power went");
  }
  expect(await moveBy("there", (target) => Object.assign(target, { keep: failing }))).toBe("the power went");
  expect(await at.answers("one")).toEqual(before);
  // Everything is in the target, which nobody can open, and the source is not sealed yet.
  expect(await moveBy("there", (_, source) => Object.assign(source, { seal: failing }))).toBe("the power went");
  expect(await at.storeIn({ secret }).catch((error) => error.message)).toContain("run parley migrate once more");
  expect(await at.answers("one")).toEqual(before);
  expect(await moveBy("there", (target) => Object.assign(target, { open: failing }))).toBe("the power went");
  expect(await openSqlite(at.placeIn("one")).catch((error) => error.message)).toContain("is sealed");
  expect(await at.toPostgres()).toMatchObject({ code: 0, out: expect.stringContaining("brought to its end") });
  expect(await at.answers({ secret })).toEqual(before);

  for (const broken of ["keep", "open"]) {
    expect(await moveBy("back", (target) => Object.assign(target, { [broken]: failing }))).toBe("the power went");
    expect(existsSync(`${at.placeIn("two")}/parley.db`)).toBe(false);
    if (broken === "keep") expect(await at.answers({ secret })).toEqual(before);
  }
  expect(await at.toSqlite(secret)).toMatchObject({ code: 0, out: expect.stringContaining("brought to its end") });
  expect(await at.answers("two")).toEqual(before);
});

test("[MOVE6] a target that is not empty, another key, a server that runs and a source that is none are each refused in one sentence, without a password", async () => {
  const server = await at.serve("one");
  const ann = await at.enter(server.url, "Ann");
  await ann.post((await ann.createRoom({ name: "Kitchen" })).id, "hello").sent;
  const refused = async (ended: Promise<Ended>, why: string) => {
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    const said = err.split("\n").filter((line) => line.startsWith("parley: "));
    expect(said).toEqual([expect.stringContaining(why)]);
    expect(err).not.toContain("p4ssw0rd");
  };
  await refused(at.toPostgres(), "in use by another Parley");
  await server.stop();
  const source = ["--from", `sqlite:${at.placeIn("one")}`];
  const other = { SECRET_KEY: "another-key-than-that-of-the-folder" };
  await refused(at.migrate([...source, "--to", at.postgres.url], other), "SECRET_KEY is another one");
  const nowhere = `postgres://parley:p4ssw0rd@127.0.0.1:${await freePort()}/postgres?sslmode=disable`;
  await refused(at.migrate([...source, "--to", nowhere]), "cannot be reached");
  await refused(
    at.migrate(["--from", `sqlite:${at.placeIn("none")}`, "--to", at.postgres.url]),
    "There is no parley.db",
  );
  await refused(
    at.migrate(["--from", at.postgres.url, "--to", `sqlite:${at.placeIn("two")}`], other),
    "There is no Parley",
  );
  const sql = connect(at.postgres.url, { max: 1 });
  await sql`CREATE ROLE nobody_in_particular LOGIN`;
  await sql.end();
  const powerless = at.postgres.url.replace("parley@", "nobody_in_particular@");
  await refused(at.migrate([...source, "--to", powerless]), "The database refused: permission denied");
  expect((await at.toPostgres()).code).toBe(0);
  await refused(
    at.migrate(["--from", at.postgres.url, "--to", `sqlite:${at.placeIn("two")}`]),
    "SECRET_KEY must be set",
  );
  await refused(
    at.migrate(["--from", at.postgres.url, "--to", `sqlite:${at.placeIn("two")}`], other),
    "SECRET_KEY is another",
  );
  await refused(
    at.migrate(["--from", at.postgres.url, "--to", `sqlite:${at.placeIn("one")}`], { SECRET_KEY: at.keyIn("one") }),
    "already",
  );
  mkdirSync(at.placeIn("three"));
  writeFileSync(`${at.placeIn("three")}/secret.key`, other.SECRET_KEY);
  const key = { SECRET_KEY: at.keyIn("one") };
  await refused(
    at.migrate(["--from", at.postgres.url, "--to", `sqlite:${at.placeIn("three")}`], key),
    "holds another key",
  );
  await at.furnish("two");
  await refused(at.migrate(["--from", `sqlite:${at.placeIn("two")}`, "--to", at.postgres.url]), "is not empty");
});

test("[MOVE7] wrong usage of parley migrate is told in one sentence and exit code 2, its help in 0", async () => {
  const wrong: [string[], string][] = [
    [[], "--from is needed"],
    [["--from", "sqlite:/tmp/x"], "--to is needed"],
    [["--from", "sqlite:/tmp/x", "--to", "mysql://u:p4ssw0rd@h/d"], "--to is needed"],
    [["--from", "sqlite:/tmp/x", "--to", "sqlite:/tmp/y"], "One of --from and --to"],
    [["--from", "sqlite:/tmp/x", "--to", at.postgres.url, "--schema", "A B"], "--schema is"],
    [["--fast"], "--fast"],
  ];
  const ended = await Promise.all(wrong.map(([args]) => at.migrate(args)));
  for (const [at, { code, out, err }] of ended.entries()) {
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(wrong[at]?.[1] as string);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).not.toContain("p4ssw0rd");
  }
  expect(await at.migrate(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--dry-run"), err: "" });
});
