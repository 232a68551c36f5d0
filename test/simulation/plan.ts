import { configFrom } from "@parley/server/config";
import { resumeBytes } from "@parley/server/config/limits";
import type { SimulatedLimits } from "./node.ts";
import { Random } from "./random.ts";

/** What people do. */
const DEEDS = {
  post: 30,
  burst: 6,
  edit: 7,
  delete: 5,
  read: 16,
  room: 3,
  group: 3,
  direct: 3,
  join: 7,
  leave: 4,
  add: 6,
  remove: 5,
  rename: 2,
  dissolve: 1,
  older: 6,
  typing: 2,
} as const;

/** What happens to them. Each seed has a share of these only, so that each is also seen alone. */
const MISHAPS = {
  tear: 8,
  halfOpen: 6,
  offline: 5,
  sleep: 5,
  closeTab: 5,
  secondTab: 2,
  slowReader: 4,
  disconnect: 3,
  crash: 6,
  stop: 2,
  power: 2,
  restore: 1,
  loseTail: 1,
  outage: 3,
  lossyBus: 8,
  partition: 4,
  clock: 3,
} as const;

export type Deed = keyof typeof DEEDS;
export type Mishap = keyof typeof MISHAPS;

/** One thing that happens, some milliseconds after the one before; who and what is meant follows from the numbers. */
export interface Step {
  wait: number;
  is: Deed | Mishap;
  who: number;
  what: number;
  how: number;
}

/** A world before anything happens in it. */
export interface Setting {
  seed: bigint;
  nodes: number;
  people: number;
  /** Devices beyond one for each person. */
  more: number;
  sqlite: boolean;
  /** A node hears its own notes at once. */
  ownBus: boolean;
  /** Share of the questions to the store that take a while. */
  slow: number;
  latency: number;
  limits: SimulatedLimits;
}

export interface Plan {
  setting: Setting;
  script: Step[];
}

export interface PlanOptions {
  /** Only this store; by default one seed in eight is on SQLite. */
  store?: "memory" | "sqlite";
}

/** Everything that happens under one seed. */
export function planOf(seed: bigint, options: PlanOptions = {}): Plan {
  const random = new Random(seed);
  const setting = settingOf(seed, random.fork("setting"), options);
  return { setting, script: scriptOf(random.fork("script")) };
}

function settingOf(seed: bigint, random: Random, { store }: PlanOptions): Setting {
  return {
    seed,
    nodes: 1 + random.below(3),
    people: 3 + random.below(3),
    more: random.below(3),
    sqlite: store === undefined ? random.chance(1 / 8) : store === "sqlite",
    ownBus: random.chance(0.5),
    slow: random.pick([0, 0.1, 0.4]),
    latency: random.pick([1, 10, 60]),
    limits: limitsOf(random),
  };
}

/** Small limits, so that each is met. */
function limitsOf(random: Random): SimulatedLimits {
  const { chat } = configFrom({});
  const limits = {
    chat: {
      ...chat,
      page: random.pick([10, 25]),
      groupMembers: 5,
      commitWrites: random.pick([2, 10, 1000]),
      resumeWaiting: random.pick([2_000, 50_000]),
      tailBytes: random.pick([4_000, 1_000_000]),
      feed: {
        resumeEntries: random.pick([3, 12, 200]),
        resumeBytes: random.pick([2_000, 60_000]),
      },
    },
    readerBytes: random.pick([40_000, 200_000]),
    pendingCommands: random.pick([12, 500]),
    beat: 25_000,
  };
  // As the configuration makes them.
  const most = resumeBytes(limits.readerBytes);
  limits.chat.resumeWaiting = Math.min(limits.chat.resumeWaiting, most);
  limits.chat.feed.resumeBytes = Math.min(limits.chat.feed.resumeBytes, most);
  return limits;
}

function scriptOf(random: Random): Step[] {
  const mishaps = (Object.keys(MISHAPS) as Mishap[]).filter(() => random.chance(0.35));
  const weights = [
    ...Object.entries(DEEDS),
    ...mishaps.map((mishap) => [mishap, MISHAPS[mishap]] as [string, number]),
  ] as [Deed | Mishap, number][];
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  const length = 20 + random.below(100);
  return Array.from({ length }, () => ({
    wait: waitOf(random),
    is: drawn(weights, random.below(sum)),
    who: random.below(1000),
    what: random.below(1000),
    how: random.below(1000),
  }));
}

function drawn(weights: [Deed | Mishap, number][], at: number): Deed | Mishap {
  let left = at;
  for (const [is, weight] of weights) {
    if (left < weight) return is;
    left -= weight;
  }
  return "post";
}

function waitOf(random: Random): number {
  const kind = random.below(10);
  if (kind < 4) return 0;
  if (kind < 7) return random.below(40);
  if (kind < 9) return random.below(2000);
  return random.below(60_000);
}
