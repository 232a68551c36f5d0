import { CROWDS, type Crowd, within } from "../crowd.ts";
import type { Load, Measured } from "../load/load.ts";
import { type Bench, type Found, median, type Row, type Scenario } from "../scenario.ts";
import type { Subject } from "../subject.ts";

/** Above this the generator had nothing left: a server that is not at its own limit then could do more. */
const GENERATOR_BUSY = 0.95;
const SERVER_IDLE = 0.9;
/** What Parley's figure is divided by. */
const AGAINST: Record<string, string> = { floor: "floor", "socket.io": "socketio", fastapi: "fastapi" };

interface Round {
  subject: Subject;
  crowd: Crowd;
  measured: Measured;
}

/** How many deliveries a server makes with one second of its CPU, while it has all it can do. */
export const fanOut: Scenario = {
  name: "fan-out",
  about: "deliveries per second of server CPU at saturation: 1 × 1000, 10 × 100, 500 × 2",
  measures: () => true,
  async run(bench): Promise<Found> {
    const pairs = CROWDS.flatMap((crowd) => bench.subjects.map((subject) => ({ crowd, subject }))).filter(
      ({ crowd, subject }) => subject.fits?.(crowd) ?? true,
    );
    const rounds: Round[] = [];
    for (let nth = 1; nth <= bench.rounds; nth++) {
      for (const { crowd, subject } of pairs) rounds.push(...(await measure(bench, subject, crowd, nth)));
    }
    const rows = pairs.flatMap(({ crowd, subject }) => rowsOf(rounds, subject, crowd));
    return { rows, ratios: ratiosOf(rows) };
  },
};

async function measure(bench: Bench, subject: Subject, crowd: Crowd, nth: number): Promise<Round[]> {
  const what = `fan-out ${nth}/${bench.rounds} ${crowd.name} ${subject.name}`;
  const measured = await bench.attempt(what, () =>
    within(bench, subject, crowd, (load) => saturated(bench, load, crowd)),
  );
  if (!measured) return [];
  bench.say(`${what}: ${(perCpu(measured) / 1e6).toFixed(3)} M`);
  return [{ subject, crowd, measured }];
}

/**
 * A runtime that compiles what is hot has done so before. A server that sends to each member in turn answers everybody
 * who waits at once: what it does is only known from a time in which all of them were answered several times.
 */
async function saturated(bench: Bench, load: Load, crowd: Crowd): Promise<Measured> {
  const [warming, least, most, turns] = bench.quick ? [0.5, 1, 5, 2] : [3, 2, 8, 4];
  const warm = await load.saturate(crowd.window, 0, warming);
  const seconds = (turns * turnOf(crowd) * warm.seconds) / Math.max(warm.deliveries, 1);
  return load.saturate(crowd.window, least / 4, Math.min(most, Math.max(least, seconds)));
}

/** Deliveries until everybody who posts was answered. */
function turnOf({ rooms, posters, window, members }: Crowd): number {
  return rooms * posters * window * members;
}

function perCpu({ deliveries, cpu }: Measured): number {
  return deliveries / cpu;
}

function rowsOf(rounds: readonly Round[], subject: Subject, crowd: Crowd): Row[] {
  const own = rounds.filter((round) => round.subject === subject && round.crowd === crowd).map((one) => one.measured);
  if (own.length === 0) return [];
  const row = {
    scenario: crowd.name,
    subject: subject.name,
    figure: "deliveries per CPU-second",
    value: median(own.map(perCpu)),
    unit: "1/s",
  };
  const remark = remarkOn(own, crowd);
  return [remark ? { ...row, remark } : row];
}

function remarkOn(own: readonly Measured[], crowd: Crowd): string | null {
  const most = (those: readonly Measured[]) => those.length * 2 > own.length;
  if (most(own.filter(({ deliveries }) => deliveries < turnOf(crowd)))) return "too slow to be measured so";
  const missed = own.filter(({ sent, heard }) => heard !== sent * crowd.members);
  if (missed.length > 0) return "not each message was delivered once to each within 5 s of the end";
  const limited = own.filter(({ busy, cpu, seconds }) => busy > GENERATOR_BUSY && cpu / seconds < SERVER_IDLE);
  return most(limited) ? "the load generator was the limit" : null;
}

function ratiosOf(rows: readonly Row[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  const toNative: number[] = [];
  const figureOf = (scenario: string, subject: string) =>
    rows.find((row) => row.scenario === scenario && row.subject === subject)?.value;
  for (const { name } of CROWDS) {
    const own = figureOf(name, "parley");
    if (own === undefined) continue;
    for (const [subject, as] of Object.entries(AGAINST)) {
      const other = figureOf(name, subject);
      if (other) ratios[`${name}_vs_${as}`] = own / other;
    }
    for (const { scenario, subject, value } of rows) {
      if (scenario !== name || !subject.startsWith("parley/")) continue;
      toNative.push(value / own);
      ratios[`${name}_${subject.slice("parley/".length)}_vs_native`] = value / own;
    }
  }
  if (toNative.length > 0) ratios.dialects_vs_native_min = Math.min(...toNative);
  return ratios;
}
