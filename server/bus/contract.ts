import { describe, expect, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import type { Bus, Note } from "../core/ports.ts";

/** Buses of several nodes under test. */
export interface Nodes {
  buses: Bus[];
  discard(): Promise<void>;
}

/** Opens so many nodes' buses that hear each other. */
export type OpenBuses = (nodes: number) => Promise<Nodes>;

/** What an adapter cannot do by its nature, with the reason. */
export interface BusGaps {
  nodes?: string;
}

const PATIENCE_MS = 10_000;

/** Everything that the bus' port promises, as tests for one adapter. */
export function busContract(name: string, open: OpenBuses, gaps: BusGaps = {}): void {
  const play = async (nodes: number, scene: (buses: Bus[]) => Promise<void>) => {
    const { buses, discard } = await open(nodes);
    try {
      await scene(buses);
    } finally {
      await Promise.all(buses.map((bus) => bus.close()));
      await discard();
    }
  };

  describe(name, () => {
    test("[BUS1] whoever publishes hears it too, at once, and nobody hears of another conversation", () =>
      play(1, async ([bus]) => {
        const [here, elsewhere] = [ear(bus as Bus, 7), ear(bus as Bus, 8)];
        bus?.publish(7, said(1));
        expect([here.notes, elsewhere.notes]).toEqual([[said(1)], []]);
      }));

    test("[BUS1] whoever unsubscribed hears nothing more, and the others of that node go on hearing", () =>
      play(1, async ([bus]) => {
        const [one, other] = [ear(bus as Bus, 7), ear(bus as Bus, 7)];
        one.stop();
        one.stop();
        bus?.publish(7, said(1));
        expect([one.notes, other.notes]).toEqual([[], [said(1)]]);
      }));

    test("[BUS1] a bus that is open is ready", () => play(1, async ([bus]) => void (await bus?.ready())));

    if (gaps.nodes !== undefined) {
      test("[BUS2] a bus of one node says why", () => expect(gaps.nodes).toMatch(/\w+ \w+/));
      return;
    }
    nodesContract(play);
  });
}

function nodesContract(play: (nodes: number, scene: (buses: Bus[]) => Promise<void>) => Promise<void>): void {
  test("[BUS2] what one node publishes is heard once by every other that listens, and by no other", () =>
    play(3, async ([one, two, three]) => {
      const [heard, too, not] = [ear(two as Bus, 7), ear(three as Bus, 7), ear(three as Bus, 8)];
      await acquainted(one as Bus, 7, [heard, too]);
      await until(() => not.notes.splice(0).length > 0);
      for (let n = 1; n <= 50; n++) one?.publish(7, said(n));
      await until(() => heard.notes.length === 50 && too.notes.length === 50);
      await Bun.sleep(100);
      const all = Array.from({ length: 50 }, (_, at) => said(at + 1));
      expect([heard.notes, too.notes, not.notes]).toEqual([all, all, []]);
    }));

  test("[BUS2] a node that unsubscribed and subscribed again hears again, each note once", () =>
    play(2, async ([one, two]) => {
      const first = ear(two as Bus, 7);
      await acquainted(one as Bus, 7, [first]);
      first.stop();
      const second = ear(two as Bus, 7);
      await acquainted(one as Bus, 7, [second]);
      one?.publish(7, said(1));
      await until(() => second.notes.length > 0);
      await Bun.sleep(100);
      expect([first.notes, second.notes]).toEqual([[], [said(1)]]);
    }));

  test("[BUS7] whoever begins to listen is rung once that stands, so that nothing before it is missed", () =>
    play(2, async ([one, two]) => {
      const other = ear(two as Bus, 7);
      await until(() => other.notes.length > 0);
      expect(other.notes).toEqual([{ is: "rung" }]);
      one?.publish(7, said(1));
      await until(() => other.notes.length > 1);
      expect(other.notes).toEqual([{ is: "rung" }, said(1)]);
    }));

  test("[BUS3] a note that is too large to travel rings all the same", () =>
    play(2, async ([one, two]) => {
      const [own, other] = [ear(one as Bus, 7), ear(two as Bus, 7)];
      await acquainted(one as Bus, 7, [other]);
      own.notes.length = 0;
      const long = said(1, "x".repeat(200_000));
      one?.publish(7, long);
      await until(() => other.notes.length > 0);
      expect([own.notes, other.notes]).toEqual([[long], [{ is: "rung" }]]);
    }));
}

/** Publishes until everybody hears it: a subscription may take a moment to reach the broker. */
export async function acquainted(by: Bus, conversation: number, ears: Ear[]): Promise<void> {
  await until(() => {
    by.publish(conversation, { is: "rung" });
    return ears.every(({ notes }) => notes.length > 0);
  });
  await Bun.sleep(100);
  for (const { notes } of ears) notes.length = 0;
}

export interface Ear {
  notes: Note[];
  stop(): void;
}

export function ear(bus: Bus, conversation: number): Ear {
  const notes: Note[] = [];
  const heard = (note: Note) => void notes.push(note);
  bus.subscribe(conversation, heard);
  return { notes, stop: () => bus.unsubscribe(conversation, heard) };
}

export function said(seq: number, text = "hello"): Note {
  const entry = { id: seq, seq, author: 1_000_000, key: `k${seq}`, time: 1, kind: "message", body: { text } };
  return { is: "entries", entries: [entry as Entry] };
}

export async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !isSo(); await Bun.sleep(20)) {
    if (Date.now() > end) throw new Error("It did not become so.");
  }
}
