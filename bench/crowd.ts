import { Load } from "./load/load.ts";
import type { Bench } from "./scenario.ts";
import type { Member, Shape, Subject } from "./subject.ts";

/** The rooms of a scenario, and how many members of each one post. */
export interface Crowd extends Shape {
  readonly name: string;
  readonly posters: number;
  /** Messages that each of those has under way, where the server is to be saturated. */
  readonly window: number;
}

/** One thousand members three ways. One in ten posts, in pairs both. */
export const CROWDS: readonly Crowd[] = [
  { name: "room1000", rooms: 1, members: 1000, posters: 100, window: 1 },
  { name: "rooms10x100", rooms: 10, members: 100, posters: 10, window: 2 },
  { name: "pairs500", rooms: 500, members: 2, posters: 2, window: 1 },
];

/** Starts a subject with this crowd in it, and ends both. */
export async function within<T>(
  bench: Bench,
  subject: Subject,
  crowd: Crowd,
  measure: (load: Load, entered: number) => Promise<T>,
): Promise<T> {
  const running = await subject.start(crowd, bench.cores.server);
  try {
    const members = Array.from({ length: crowd.rooms * crowd.members }, (_, n) =>
      memberOf(crowd, n, running.member(n)),
    );
    const { load, entered } = await Load.enter(running, members, {
      core: bench.cores.load,
      folder: bench.folder,
      audience: crowd.members,
    });
    try {
      return await measure(load, entered);
    } finally {
      await load.leave();
    }
  } finally {
    await running.stop();
  }
}

function memberOf(crowd: Crowd, n: number, member: Member): Member {
  return n % crowd.members < crowd.posters ? member : { ...member, post: new Uint8Array() };
}
