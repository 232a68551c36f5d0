import { afterAll, beforeAll, expect, test } from "bun:test";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId } from "@parley/protocol/ids";
import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { message, NOW, openedBy, opens, write } from "../../server/store/contract/kit.ts";
import { connect } from "../../server/store/postgres/open.ts";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { OwnPostgres } from "../kit/postgres.ts";

const PATIENCE = 1_500;
let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterAll(() => postgres?.remove());

function open(connections: number): Promise<Store> {
  return openPostgres({ url: postgres.url, schema: "refusals", connections, patience: PATIENCE, proof: "p" });
}

/** Everything that a node asks, many times at once, until `over`; what each was answered. */
class Questions {
  answered = 0;
  readonly refusals: unknown[] = [];
  readonly written: number[] = [];
  readonly #store: Store;
  readonly #who: User;
  readonly #room: ConversationId;
  over = false;

  constructor(store: Store, who: User, room: ConversationId) {
    this.#store = store;
    this.#who = who;
    this.#room = room;
  }

  async ask(): Promise<void> {
    await Promise.all([...Array.from({ length: 30 }, (_, at) => this.#keepAsking(at)), this.#keepWriting()]);
  }

  async #keepAsking(at: number): Promise<void> {
    for (let n = 0; !this.over; n++) await this.#judge(this.#one(at, n));
  }

  async #keepWriting(): Promise<void> {
    for (let n = 0; !this.over; n++) {
      const { outcomes } = (await this.#judge(
        this.#store.commit([write(message(this.#who, this.#room, `k${n}`, "hello"))], []),
      )) ?? { outcomes: [] };
      if (outcomes[0]?.is === "written") this.written.push(n);
    }
  }

  #one(at: number, n: number): Promise<unknown> {
    const store = this.#store;
    const name = `Gast ${at} ${n}`;
    const all = [
      () => store.member(this.#room, this.#who.id),
      () => store.entries(this.#room, 0, 100, 100_000),
      () => store.enrol({ name, handles: [name], tokenHash: name, time: NOW }),
      () => store.openPerson(name, NOW),
      () => store.updateProfile(this.#who.id, { name: `Ann ${at} ${n}` }, NOW),
      () => store.leases.take(name),
      () => store.ready(),
    ];
    return (all[at % all.length] as () => Promise<unknown>)();
  }

  async #judge<T>(question: Promise<T>): Promise<T | null> {
    try {
      const answer = await question;
      this.answered += 1;
      return answer;
    } catch (error) {
      this.refusals.push(error);
      await Bun.sleep(20);
      return null;
    }
  }
}

/** What is no plain `unavailable` that says when to come back. */
function odd(refusals: readonly unknown[]): unknown[] {
  return refusals.filter(
    (error) => !(error instanceof ChatError && error.code === "unavailable" && (error.retryAfter ?? 0) > 0),
  );
}

test("[CLU10] while Postgres crashes, cuts its lines or stands still, whatever is asked is answered or refused as unavailable with a time, and what was said to be written is there", async () => {
  const store = await open(4);
  const who = await store.enrol({ name: "Ann", handles: ["ann"], tokenHash: "ann", time: NOW });
  const room = openedBy((await store.commit([opens([who], "a")], [])).outcomes[0]);
  const questions = new Questions(store, who, room);
  const asking = questions.ask();
  await Bun.sleep(500);
  await postgres.end("SIGKILL");
  await Bun.sleep(500);
  await postgres.serve();
  await Bun.sleep(1_000);
  const healthy = questions.answered;
  await postgres.cut();
  await Bun.sleep(300);
  postgres.signal("SIGSTOP");
  await Bun.sleep(PATIENCE + 500);
  postgres.signal("SIGCONT");
  await Bun.sleep(1_500);
  const late = questions.refusals.length;
  await Bun.sleep(1_000);
  // It heals by itself, at once and for good.
  expect(questions.refusals.length).toBe(late);
  questions.over = true;
  await asking;
  expect(odd(questions.refusals)).toEqual([]);
  expect(questions.refusals.length).toBeGreaterThan(10);
  expect(questions.answered).toBeGreaterThan(healthy);
  const log = await store.entries(room, 0, 100_000, 1e9);
  const keys = new Set(log.map(({ key }) => key));
  expect(questions.written.filter((n) => !keys.has(`k${n}`))).toEqual([]);
  await store.close();
});

test("[CLU10] a commit waits for no question that waits for something else, however many there are", async () => {
  const store = await open(2);
  const who = await store.enrol({ name: "Cid", handles: ["cid"], tokenHash: "cid", time: NOW });
  const room = openedBy((await store.commit([opens([who], "c")], [])).outcomes[0]);
  const release = await postgres.hold("SELECT pg_advisory_xact_lock(1)");
  const waiting = ["x", "y", "z"].map((name) =>
    store.enrol({ name, handles: [name], tokenHash: name, time: NOW }).catch(() => null),
  );
  const began = performance.now();
  await store.commit([write(message(who, room, "meanwhile", "hello"))], []);
  expect(performance.now() - began).toBeLessThan(PATIENCE / 2);
  await release();
  await Promise.all(waiting);
  await store.close();
});

test("[CLU14] Postgres is told to let go within half a minute of what a node held whose line died without a word", async () => {
  const sql = connect({ url: postgres.url, schema: "refusals", patience: PATIENCE }, 1);
  const settings = [
    ["statement_timeout", "1500ms"],
    ["idle_in_transaction_session_timeout", "750ms"],
    ["tcp_keepalives_idle", "10"],
    ["tcp_keepalives_interval", "5"],
    ["tcp_keepalives_count", "3"],
    ["tcp_user_timeout", "25000"],
  ];
  for (const [name, value] of settings) {
    expect(await sql`SELECT current_setting(${name as string}) AS value`).toEqual([{ value }] as never);
  }
  await sql.end();
});
