import { compare, total, type Verdict } from "./compare.ts";
import { Crowd } from "./crowd.ts";
import type { Plan } from "./options.ts";
import { FaultProxy } from "./proxy.ts";
import { between, type Random, randomFrom } from "./random.ts";
import type { Target } from "./target.ts";
import { within } from "./within.ts";

/** What a run found out. */
export interface Proof {
  verdict: Verdict;
  acked: number;
  posts: number;
  edits: number;
  deletions: number;
  refusals: Record<string, number>;
  unanswered: number;
  reconnects: number;
  faults: number;
  kills: number;
  copies: number;
  p50: number;
  p99: number;
  /** What could not be removed afterwards. */
  behind: { rooms: number; guests: number };
}

/** Where a run is. */
export interface Progress {
  phase: "moving in" | "talking" | "coming to rest" | "comparing" | "moving out";
  /** 0 to 1, within the phase. */
  done: number;
  acked: number;
  reconnects: number;
  kills: number;
}

export interface Watch {
  told(progress: Progress): void;
  /** True once the person at the keyboard has seen enough. */
  enough(): boolean;
}

/** Steps of all clients together in a second, and in a whole run: every client keeps all that it hears. */
const STEPS = { ofOne: 5, second: 1_000, run: 150_000 };
const REST_WITHIN = 70_000;
const OUT_WITHIN = 30_000;
const SLICE = 100;

/** Carries out a run: everybody moves in, talks through kills and faults, rests, is compared, and moves out. */
export async function runProof(target: Target, plan: Plan, watch: Watch): Promise<Proof> {
  const random = randomFrom(plan.seed);
  const every = Math.max(2_000, (plan.seconds * 1000) / 3);
  const { faults } = plan;
  const proxy = faults.length > 0 ? await FaultProxy.open({ url: target.url, faults, random, every }) : null;
  const run = new Run(target, plan, watch, proxy?.url ?? target.url);
  try {
    await run.begin();
    await run.talk(random);
    proxy?.calm();
    const verdict = await run.compare();
    const behind = await run.end();
    return { ...run.figures(), verdict, behind, faults: proxy?.happened ?? 0 };
  } catch (error) {
    proxy?.calm();
    await run.end();
    throw error;
  } finally {
    await proxy?.close();
  }
}

class Run {
  readonly #target: Target;
  readonly #plan: Plan;
  readonly #watch: Watch;
  readonly #crowd: Crowd;
  #kills = 0;

  constructor(target: Target, plan: Plan, watch: Watch, url: string) {
    this.#target = target;
    this.#plan = plan;
    this.#watch = watch;
    this.#crowd = new Crowd(url, plan);
  }

  async begin(): Promise<void> {
    this.#tell("moving in", 0);
    await this.#crowd.moveIn();
  }

  /** Load for as long as planned; a killed server's absence comes on top. */
  async talk(random: Random): Promise<void> {
    const { clients, seconds, kills } = this.#plan;
    const rate = Math.min(clients * STEPS.ofOne, STEPS.second, STEPS.run / seconds);
    let talking = true;
    const all = Promise.all(this.#crowd.guests.map((guest) => guest.live((clients / rate) * 1000, () => talking)));
    try {
      const share = (seconds * 1000) / (kills + 1);
      for (let kill = 0; kill <= kills && !this.#watch.enough(); kill++) {
        const ms = kill < kills ? share * between(random, 0.6, 1) : share;
        await this.#wait(ms, kill / (kills + 1), (kill + 1) / (kills + 1));
        if (kill < kills && this.#target.kill && !this.#watch.enough()) await this.#kill(this.#target.kill);
      }
    } finally {
      talking = false;
    }
    this.#tell("coming to rest", 0);
    for (const guest of this.#crowd.guests) guest.client.connect();
    await within(REST_WITHIN, all);
  }

  async compare(): Promise<Verdict> {
    await this.#crowd.comeToRest(REST_WITHIN);
    const verdicts: Verdict[] = [];
    for (const room of this.#crowd.rooms.keys()) {
      this.#tell("comparing", verdicts.length / this.#crowd.rooms.size);
      verdicts.push(compare(await this.#crowd.evidence(room)));
    }
    return total(verdicts);
  }

  end(): Promise<{ rooms: number; guests: number }> {
    this.#tell("moving out", 0);
    return this.#crowd.moveOut(OUT_WITHIN);
  }

  figures(): Omit<Proof, "verdict" | "behind" | "faults"> {
    const { guests, rooms } = this.#crowd;
    const told = guests.flatMap((guest) => guest.told);
    const latencies = guests.flatMap((guest) => guest.latencies).sort((a, b) => a - b);
    const refusals = guests.flatMap((guest) => guest.refusals);
    const of = (is: string) => told.filter(({ what }) => what.is === is).length;
    return {
      acked: told.length,
      posts: of("post"),
      edits: of("edit"),
      deletions: of("delete"),
      refusals: Object.fromEntries([...Map.groupBy(refusals, (one) => one)].map(([name, all]) => [name, all.length])),
      unanswered: guests.flatMap((guest) => guest.rooms.map((room) => guest.unanswered(room))).reduce(sum, 0),
      reconnects: guests.map((guest) => guest.reconnects).reduce(sum, 0),
      kills: this.#kills,
      copies: [...rooms.values()].map((members) => members.length).reduce(sum, 0),
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    };
  }

  async #kill(kill: () => Promise<void>): Promise<void> {
    await kill();
    this.#kills += 1;
  }

  async #wait(ms: number, from: number, to: number): Promise<void> {
    const began = performance.now();
    for (let passed = 0; passed < ms && !this.#watch.enough(); passed = performance.now() - began) {
      this.#tell("talking", from + (to - from) * (passed / ms));
      await Bun.sleep(Math.min(SLICE, ms - passed));
    }
  }

  #tell(phase: Progress["phase"], done: number): void {
    const { guests } = this.#crowd;
    const acked = guests.map((guest) => guest.told.length).reduce(sum, 0);
    const reconnects = guests.map((guest) => guest.reconnects).reduce(sum, 0);
    this.#watch.told({ phase, done, acked, reconnects, kills: this.#kills });
  }
}

/** The value that this share of all does not exceed; 0 of none. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function sum(one: number, other: number): number {
  return one + other;
}
