import { expect, test } from "bun:test";
import { Lines } from "@parley/server/observe/lines";
import { StageClock } from "../kit/stage.ts";

/** A place for lines that can be made slow or full. */
class Place {
  readonly written: string[] = [];
  full = false;
  /** So many lines go in one piece. */
  piece = Number.POSITIVE_INFINITY;
  #hold: Promise<void> | null = null;

  /** Nothing is written until the result is called. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hold = promise;
    return () => {
      this.#hold = null;
      resolve();
    };
  }

  async append(lines: readonly string[]): Promise<number> {
    await this.#hold;
    if (this.full) throw new Error("ENOSPC");
    const piece = lines.slice(0, this.piece);
    this.written.push(...piece);
    return piece.length;
  }

  appendNow(lines: readonly string[]): void {
    if (this.full) throw new Error("ENOSPC");
    this.written.push(...lines);
  }
}

function opened(most = 1000) {
  const [clock, place] = [new StageClock(), new Place()];
  const told = { failed: 0, dropped: 0 };
  const lines = new Lines({
    ...{ sink: place, clock, most },
    notice: (dropped) => `${dropped} dropped`,
    failed: () => {
      told.failed += 1;
    },
    dropped: (count) => {
      told.dropped += count;
    },
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { clock, place, told, lines, pass };
}

test("[OBS3] lines gather for a moment and are written in their order", async () => {
  const { place, lines, pass } = opened();
  for (const line of ["one", "two", "three"]) lines.write(line);
  expect(place.written).toEqual([]);
  await pass(50);
  lines.write("four");
  await pass(50);
  expect(place.written).toEqual(["one", "two", "three", "four"]);
});

test("[OBS3] while a place is slow no more waits than may, up to the very edge, and what was dropped is said", async () => {
  const { place, told, lines, pass } = opened(100);
  const goOn = place.stall();
  lines.write("x".repeat(60));
  await pass(50);
  lines.write("y".repeat(40));
  lines.write("z");
  lines.write("z");
  expect(told.dropped).toBe(2);
  goOn();
  await pass(0);
  lines.write("later");
  await pass(50);
  expect(place.written).toEqual(["x".repeat(60), "y".repeat(40), "later", "2 dropped"]);
  lines.write("again");
  await pass(50);
  expect(place.written.at(-1)).toBe("again");
  expect(told.failed).toBe(0);
});

test("[OBS3] a full place is tried again every second, told of once, and loses only what had no room to wait", async () => {
  const { place, told, lines, pass } = opened(30);
  place.full = true;
  for (let n = 0; n < 5; n++) lines.write(`line ${n} ...`);
  await pass(50);
  for (let second = 0; second < 3; second++) await pass(1000);
  expect(told).toEqual({ failed: 1, dropped: 2 });
  place.full = false;
  await pass(1000);
  expect(place.written).toEqual(["line 0 ...", "line 1 ...", "line 2 ...", "2 dropped"]);
  place.full = true;
  lines.write("more");
  await pass(50);
  expect(told.failed).toBe(2);
});

test("[OBS3] what went only in part goes on where it stopped", async () => {
  const { place, lines, pass } = opened();
  place.piece = 2;
  for (const line of ["a", "b", "c", "d", "e"]) lines.write(line);
  await pass(50);
  await pass(0);
  await pass(0);
  expect(place.written).toEqual(["a", "b", "c", "d", "e"]);
});

test("[OBS8] a flush waits for what is being written and for what waits; a broken place keeps it no longer", async () => {
  const { place, lines, pass } = opened();
  const goOn = place.stall();
  lines.write("first");
  await pass(50);
  lines.write("second");
  const flushed = lines.flush();
  goOn();
  await flushed;
  expect(place.written).toEqual(["first", "second"]);
  place.full = true;
  lines.write("third");
  await lines.flush();
  expect(place.written).toHaveLength(2);
});

test("[OBS8] a process that ends at once writes what waits without waiting, and fails on nothing", () => {
  const { place, lines } = opened();
  lines.write("last words");
  lines.flushNow();
  expect(place.written).toEqual(["last words"]);
  place.full = true;
  lines.write("unheard");
  lines.flushNow();
  expect(place.written).toEqual(["last words"]);
});
