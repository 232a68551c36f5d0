import { Log } from "@parley/client/log";
import { Replica } from "@parley/client/replica";
import { type CursorRow, cursorCheck } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { MarkMove, Write } from "@parley/server/core/commit";
import { Feed } from "@parley/server/core/feed";
import type { Store } from "@parley/server/core/ports";
import type { ServerSocket, SimulatedNode } from "./node.ts";
import type { Sabotage, World } from "./world.ts";

/** A promise broken on purpose. What is put in place of real code is taken away again. */
export interface Mutation {
  sabotage: Sabotage;
  undo(): void;
}

/** Puts other methods in the place of a class's own. */
function patched<T extends object>(of: T, methods: Partial<T>): () => void {
  const names = Object.keys(methods) as (keyof T)[];
  const own = names.map((name) => of[name]);
  Object.assign(of, methods);
  return () => {
    names.forEach((name, at) => {
      of[name] = own[at] as T[keyof T];
    });
  };
}

const nothing = () => {};

/** Wraps what a node asks of the store when it commits. */
function committing(
  wrap: (commit: Store["commit"], world: World, node: SimulatedNode) => Store["commit"],
): () => Mutation {
  return () => ({
    sabotage: {
      store(port, node, world) {
        port.commit = wrap(port.commit, world, node);
      },
    },
    undo: nothing,
  });
}

/** Now and then a line swallows what is pushed to it: a client that asks for what is missing does not mind. */
function swallowPushes(end: ServerSocket): void {
  const send = end.send.bind(end);
  let pushed = 0;
  end.send = (payload) => {
    const isPush = payload.startsWith('[{"t":"entries"');
    if (!isPush || ++pushed % 10 !== 0) send(payload);
  };
}

/** The client takes any later entry as the next one. */
function acceptGap(): Mutation {
  const { take } = Log.prototype;
  const undo = patched(Log.prototype, {
    take(this: Log, entry, me) {
      if (entry.seq > this.next) this.next = entry.seq;
      return take.call(this, entry, me);
    },
  });
  return { sabotage: { socket: swallowPushes }, undo };
}

/** A key that was used before is taken for a new one. */
const skipKeyCheck = committing((commit, { disk }) => async (writes, marks) => {
  const fresh: Write[] = [];
  for (const write of writes) {
    const [first, ...rest] = write.drafts;
    const known = first && (await disk.store.recall(first.author, first.conversation, first.key));
    fresh.push(known ? { ...write, drafts: [{ ...first, key: `${first.key}.again` }, ...rest] } : write);
  }
  return commit(fresh, marks);
});

/** A commit is answered, and told, before it is on the disk. */
function announceBeforeCommit(): Mutation {
  const disk: Sabotage["disk"] = (broken) => {
    broken.syncsLate = 200;
  };
  return { sabotage: { disk }, undo: nothing };
}

const tellMarkBeforeCommit = committing((commit, _, node) => (writes, marks) => {
  for (const { conversation, ...mark } of marks) {
    const feed = node.chat.feeds.get(conversation);
    feed?.tell({ t: "marks", conversation, marks: [mark], head: feed.head.seq });
  }
  return commit(writes, marks);
});

const dropMark = committing((commit, world) => (writes, marks) => {
  const kept = marks.filter((mark: MarkMove) => (mark.read + mark.user + world.time.steps) % 3 !== 0);
  return commit(writes, kept);
});

/** What shares a commit is written from behind. */
const writeFromBehind = committing((commit) => async (writes, marks) => {
  const done = await commit(writes.toReversed(), marks);
  return { ...done, outcomes: done.outcomes.toReversed() };
});

/** Leaving a feed's topic does nothing. */
function keepDelivering(): Mutation {
  const socket: Sabotage["socket"] = (end) => {
    end.unsubscribe = nothing;
  };
  return { sabotage: { socket }, undo: nothing };
}

/** A list that a feed cannot split at the end of a membership. */
class Whole extends Array<Entry> {
  override forEach(): void {}
}

/** A removal is carried out only after the whole batch was delivered. */
function batchAcrossRemoval(): Mutation {
  const { advance } = Feed.prototype;
  const undo = patched(Feed.prototype, {
    advance(this: Feed, entries) {
      advance.call(this, Whole.from(entries));
      for (const entry of entries) {
        if (entry.kind !== "left" || entry.seq > this.head.seq) continue;
        for (const following of this.followers.filter(({ follower }) => follower.user.id === entry.body.user)) {
          this.remove(following);
          following.follower.dropped(this.row.id);
        }
      }
    },
  });
  return { sabotage: {}, undo };
}

/** The client keeps what it holds when it hears of another epoch. */
function forgetEpoch(): Mutation {
  const { receive } = Replica.prototype;
  const undo = patched(Replica.prototype, {
    receive(this: Replica, frame) {
      if (frame.t === "welcome") this.epoch = frame.epoch;
      receive.call(this, frame);
    },
  });
  return { sabotage: {}, undo };
}

/** Every cursor is taken for one of this history. */
function ignoreCheck(): Mutation {
  const node: Sabotage["node"] = ({ chat }, { disk }) => {
    const connect = chat.connect.bind(chat);
    const ours = ([id, seq, check]: CursorRow): CursorRow => {
      const entry = disk.truth.logs.get(id)?.entries[seq - 1];
      return [id, seq, entry ? cursorCheck(entry.author, entry.key) : check];
    };
    chat.connect = (...parts) => {
      const connection = connect(...parts);
      const resume = connection.resume.bind(connection);
      connection.resume = (epoch, cursors) => resume(epoch, cursors.map(ours));
      return connection;
    };
  };
  return { sabotage: { node }, undo: nothing };
}

/** A beat learns of no head, though of marks. */
function skipHeads(): Mutation {
  const store: Sabotage["store"] = (port) => {
    const { heads } = port;
    port.heads = async (ids) => new Map([...(await heads(ids))].map(([id, head]) => [id, { ...head, seq: 0 }]));
  };
  return { sabotage: { store }, undo: nothing };
}

/** A beat counts no moves of marks. */
function skipMoves(): Mutation {
  return { sabotage: {}, undo: patched(Feed.prototype, { catchUpMarks: nothing }) };
}

/** What a test of the tests breaks, by name. */
export const MUTATIONS: Record<string, () => Mutation> = {
  "accept a gap": acceptGap,
  "skip the key check": skipKeyCheck,
  "announce before commit": announceBeforeCommit,
  "tell a mark before it is committed": tellMarkBeforeCommit,
  "drop a mark": dropMark,
  "keep delivering after removal": keepDelivering,
  "batch across a removal": batchAcrossRemoval,
  "forget the epoch": forgetEpoch,
  "ignore a cursor's check": ignoreCheck,
  "write from behind": writeFromBehind,
  "skip the heads of a heartbeat": skipHeads,
  "skip the marks of a heartbeat": skipMoves,
};
