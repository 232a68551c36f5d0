import { expect, test } from "bun:test";
import { memoryBus } from "@parley/server/bus/memory";
import type { Outcome, Write } from "@parley/server/core/commit";
import { Committer } from "@parley/server/core/committer";
import { memoryStore } from "@parley/server/store/memory/memory";
import { StageClock } from "../kit/stage.ts";

const NOBODY_THERE: Write = {
  time: 1,
  guards: [{ is: "open", conversation: 7 }],
  drafts: [{ conversation: 7, author: 1, key: "k", digest: 1, kind: "message", body: { text: "hello" } }],
};

test.each(["told", "refused"])(
  "[LOG19] when one who waits breaks as they are %s, others are told and commits go on",
  async (how) => {
    const store = memoryStore();
    let fails = how === "refused";
    const commit = store.commit;
    store.commit = (...all) => (fails ? Promise.reject(new Error("no disk")) : commit(...all));
    const bugs: unknown[] = [];
    const observer = { count() {}, log: (_: string, event: string, facts: unknown) => void bugs.push([event, facts]) };
    const clock = new StageClock();
    const committer = new Committer({
      store,
      bus: memoryBus(),
      clock,
      observer: observer as never,
      most: 10,
      moved() {},
    });
    const breaks = () => {
      throw new Error("a bug");
    };
    committer.place({ ...NOBODY_THERE }, { resolve: breaks, reject: breaks });
    const other = committer.commit({ ...NOBODY_THERE }).then(
      ({ is }: Outcome) => is,
      ({ message }: Error) => message,
    );
    expect(await other).toBe(fails ? "no disk" : "refused");
    expect(bugs).toEqual([["bug", { error: "Error: a bug" }]]);
    fails = false;
    expect((await committer.commit({ ...NOBODY_THERE })).is).toBe("refused");
  },
);
