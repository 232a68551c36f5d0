import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { openSqlite } from "@parley/server/store/sqlite/sqlite";
import { Stage } from "../../test/kit/stage.ts";
import { filledFolders, type Inhabited } from "../filled.ts";
import { type Bench, type Found, median, quantile, type Row, type Scenario } from "../scenario.ts";

const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];
const POWERS = "⁰¹²³⁴⁵⁶⁷";
const PEOPLE = 20;
const ROOMS = 100;
const ROUNDS = 30;
/** Rounds that only warm up. */
const BEFORE = 3;
/** Questions of each kind in a round. */
const EACH = 20;
const PAGE = 50;
/** How far behind the newest message somebody is whose unread messages are counted. */
const BEHIND = 40;

interface Asked {
  stage: Stage;
  user: User;
  conversation: number;
  /** The newest seq there. */
  head: number;
}

interface Question {
  name: string;
  /** What the ratio of the largest to the smallest is called, before their sizes. */
  ratio: string;
  ask(asked: Asked): Promise<unknown>;
}

const QUESTIONS: readonly Question[] = [
  {
    name: "the newest page",
    ratio: "history",
    ask: ({ stage, user, conversation }) => stage.chat.run({ user }, "history", { conversation, limit: PAGE }),
  },
  {
    name: "a page anywhere",
    ratio: "history_anywhere",
    ask: ({ stage, user, conversation, head }) =>
      stage.chat.run({ user }, "history", { conversation, limit: PAGE, before: PAGE + any(head - PAGE) + 1 }),
  },
  {
    name: "an unread count",
    ratio: "unread_count",
    ask: ({ stage, user, conversation, head }) => stage.store.unread(conversation, user.id, head - BEHIND),
  },
  {
    name: "the list of rooms",
    ratio: "room_list",
    ask: ({ stage, user }) => stage.chat.run({ user }, "list_rooms", { limit: PAGE }),
  },
];

/**
 * The real operations on the real store, each size in a database of its own, all asked in alternating rounds. A hundred
 * rooms talk alike, so that the messages of a page stand on as many pages of the file as there are.
 */
export const history: Scenario = {
  name: "history",
  about: "a page of history, an unread count and the list of rooms at 10⁴ to 10⁷ messages on SQLite",
  async run(bench): Promise<Found> {
    const sizes = bench.quick ? SIZES.slice(0, 2) : SIZES;
    const parent = join(bench.folder, "history");
    try {
      const { folders, place } = await filledFolders(parent, sizes, { people: PEOPLE, rooms: ROOMS }, bench.say);
      const stores = await Promise.all(folders.map(openSqlite));
      const took = await rounds(bench, stores, place);
      await Promise.all(stores.map((store) => store.close()));
      return found(sizes, took);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  },
};

/** Milliseconds of every answer, by the question and by which store was asked. */
type Took = Map<Question, number[][]>;

async function rounds(bench: Bench, stores: readonly Store[], place: Inhabited): Promise<Took> {
  const stages = stores.map((store) => new Stage({ store }));
  const took: Took = new Map(QUESTIONS.map((question) => [question, stores.map(() => [])]));
  for (let round = -BEFORE; round < ROUNDS; round++) {
    if (round % 10 === 0) bench.say(`history: round ${round} of ${ROUNDS}`);
    for (const [question, bySize] of took) {
      for (const [at, stage] of stages.entries()) {
        const times = await askOften(stage, place, question);
        if (round >= 0) bySize[at]?.push(...times);
      }
    }
  }
  return took;
}

async function askOften(stage: Stage, { people, rooms }: Inhabited, question: Question): Promise<number[]> {
  const heads = await stage.store.heads(rooms);
  const times: number[] = [];
  for (let n = 0; n < EACH; n++) {
    const conversation = rooms[any(rooms.length)] as number;
    const user = people[any(people.length)] as User;
    const head = heads.get(conversation)?.seq ?? 0;
    const began = performance.now();
    await question.ask({ stage, user, conversation, head });
    times.push(performance.now() - began);
  }
  return times;
}

function found(sizes: readonly number[], took: Took): Found {
  const rows: Row[] = [];
  const ratios: Record<string, number> = {};
  for (const [{ name, ratio }, bySize] of took) {
    for (const [at, times] of bySize.entries()) {
      const about = { scenario: "history", subject: "parley", unit: "µs" };
      const figure = `${name} at 10${POWERS[Math.log10(sizes[at] as number)]} messages`;
      rows.push({ ...about, figure: `${figure}, p50`, value: median(times) * 1000 });
      rows.push({ ...about, figure: `${figure}, p99`, value: quantile(times, 0.99) * 1000 });
    }
    ratios[`${ratio}_${sizeOf(sizes.at(-1))}_vs_${sizeOf(sizes[0])}`] =
      median(bySize.at(-1) as number[]) / median(bySize[0] as number[]);
  }
  return { rows, ratios };
}

function sizeOf(messages = 0): string {
  return `1e${Math.log10(messages)}`;
}

function any(below: number): number {
  return Math.floor(Math.random() * below);
}
