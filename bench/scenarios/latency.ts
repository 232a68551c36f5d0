import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CROWDS, type Crowd, within } from "../crowd.ts";
import type { Measured } from "../load/load.ts";
import { type Bench, type Found, median, quantile, type Row, type Scenario } from "../scenario.ts";
import type { Subject } from "../subject.ts";

/** Whose messages a second are the load that the others are given a part of. */
const YARDSTICK = "ws";
const PARTS = [0.3, 0.7];
/** Pairs are given this many messages a second instead. */
const PAIRS_RATE = 2_000;
/** Servers that can carry the load. */
const ABLE = ["floor", "floor-bun", "parley", "ws", "socket.io", "nats"];
const SYNCS = 500;
const BLOCK = Buffer.alloc(4096, "x");

interface Pace {
  readonly crowd: Crowd;
  readonly rate: number;
  readonly about: string;
}

interface Round {
  readonly subject: Subject;
  readonly pace: Pace;
  readonly measured: Measured;
}

/** From when a message was due to when each member has it, at a rate that all of them can carry. */
export const latency: Scenario = {
  name: "latency",
  about: "milliseconds to each member at 30 % and 70 % of what ws carries, in pairs at 2,000 messages a second",
  measures: ({ name }) => ABLE.includes(name),
  async run(bench): Promise<Found> {
    const subjects = bench.subjects.filter(({ name }) => ABLE.includes(name));
    const paces = await pacesOf(bench);
    const [rounds, syncs]: [Round[], number[]] = [[], []];
    for (let nth = 1; nth <= bench.rounds; nth++) {
      syncs.push(syncP99(bench.folder));
      for (const pace of paces) {
        for (const subject of subjects) rounds.push(...(await measure(bench, subject, pace, nth)));
      }
    }
    const rows = paces.flatMap((pace) => subjects.flatMap((subject) => rowsOf(rounds, subject, pace)));
    const sync = { scenario: "latency", subject: "disk", figure: "p99 of fdatasync", value: median(syncs), unit: "ms" };
    return { rows: [...rows, sync], ratios: ratiosOf(rounds, paces, median(syncs)) };
  },
};

async function pacesOf(bench: Bench): Promise<Pace[]> {
  const paces: Pace[] = [];
  const yardstick = bench.subjects.find(({ name }) => name === YARDSTICK);
  for (const crowd of CROWDS) {
    if (crowd.members === 2) paces.push({ crowd, rate: PAIRS_RATE, about: "" });
    else if (yardstick) {
      const full = await within(bench, yardstick, crowd, (load) => load.saturate(crowd.window, 1, 4));
      const most = full.deliveries / crowd.members / full.seconds;
      bench.say(`latency: ws carries ${most.toFixed(0)} messages a second in ${crowd.name}`);
      for (const part of PARTS) paces.push({ crowd, rate: most * part, about: ` (${part * 100} % of ws)` });
    }
  }
  return paces;
}

async function measure(bench: Bench, subject: Subject, pace: Pace, nth: number): Promise<Round[]> {
  const what = `latency ${nth}/${bench.rounds} ${nameOf(pace)} ${subject.name}`;
  const [warm, seconds] = bench.quick ? [0.5, 1] : [1, 6];
  const measured = await bench.attempt(what, () =>
    within(bench, subject, pace.crowd, (load) => load.pace(pace.rate, warm, seconds)),
  );
  if (!measured) return [];
  const shown = `${measured.p50.toFixed(2)} · ${measured.p99.toFixed(2)} · ${measured.p999.toFixed(2)} ms`;
  bench.say(`${what}: ${shown}`);
  return [{ subject, pace, measured }];
}

function nameOf({ crowd, rate, about }: Pace): string {
  return `${crowd.name} at ${rate.toFixed(0)} messages/s${about}`;
}

function rowsOf(rounds: readonly Round[], subject: Subject, pace: Pace): Row[] {
  return (["p50", "p99", "p999"] as const).flatMap((which) => {
    const value = medianOf(rounds, subject.name, pace, which);
    if (value === null) return [];
    const figure = which === "p999" ? "p99.9" : which;
    return [{ scenario: `latency, ${nameOf(pace)}`, subject: subject.name, figure, value, unit: "ms" }];
  });
}

function medianOf(rounds: readonly Round[], name: string, pace: Pace, which: "p50" | "p99" | "p999"): number | null {
  const own = rounds.filter((round) => round.subject.name === name && round.pace === pace);
  return own.length > 0 ? median(own.map(({ measured }) => measured[which])) : null;
}

/** In pairs the floor keeps nothing, and whoever keeps something may wait for one sync and take part in the next. */
function ratiosOf(rounds: readonly Round[], paces: readonly Pace[], sync: number): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const pace of paces) {
    const own = medianOf(rounds, "parley", pace, "p99");
    const floor = medianOf(rounds, "floor", pace, "p99");
    if (own === null || floor === null) continue;
    const { name } = pace.crowd;
    if (pace.crowd.members === 2) ratios[`${name}_p99_vs_floor_and_syncs`] = own / (floor + 2 * sync);
    else if (pace.about.includes("30 %")) ratios[`${name}_p99_vs_floor`] = own / floor;
  }
  return ratios;
}

/** Milliseconds, of appending a block and having it on disk. */
function syncP99(folder: string): number {
  const file = openSync(join(folder, "synced"), "w");
  const took: number[] = [];
  for (let nth = 0; nth < SYNCS; nth++) {
    const began = performance.now();
    writeSync(file, BLOCK);
    fdatasyncSync(file);
    took.push(performance.now() - began);
  }
  closeSync(file);
  return quantile(took, 0.99);
}
