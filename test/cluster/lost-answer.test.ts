import { expect, test } from "bun:test";
import { ChatError } from "@parley/protocol/errors";
import { memoryBus } from "@parley/server/bus/memory";
import { memoryStore } from "@parley/server/store/memory/memory";
import { Stage } from "../kit/stage.ts";

/** Two nodes on one store, whose next answers to commits are lost on the way while `deaf` is set. */
function pair() {
  const [store, bus, line] = [memoryStore(), memoryBus(), { deaf: false }];
  const commit = store.commit.bind(store);
  store.commit = async (...batch) => {
    const committed = await commit(...batch);
    if (line.deaf) throw new ChatError("unavailable");
    return committed;
  };
  return { line, one: new Stage({ store, bus }), two: new Stage({ store, bus }) };
}

/** Ada on one node and Ben on the other, in one room, after Ada wrote something whose answer was lost. */
async function afterLostAnswer() {
  const { line, one, two } = pair();
  const [ada, ben] = [await one.person("Ada"), await one.person("Ben")];
  const room = await one.room(ada, ben);
  const [hers, his] = [await one.seat(ada), await two.seat(ben)];
  line.deaf = true;
  const lost = one.post(ada, room, "Did you get this?", "lost").catch(({ code }: ChatError) => code);
  expect(await lost).toBe("unavailable");
  line.deaf = false;
  await one.settle();
  expect([hers.texts(room), his.texts(room)]).toEqual([[], []]);
  return { one, two, ada, room, hers, his };
}

test("[CLU9] what was written though the answer was lost is told on every node after the next commit, wherever that is", async () => {
  const { one, ada, room, hers, his } = await afterLostAnswer();
  await one.room(ada);
  await one.settle();
  expect([hers.texts(room), his.texts(room)]).toEqual([["Did you get this?"], ["Did you get this?"]]);
  await one.post(ada, room, "Did you get this?", "lost");
  await one.settle();
  expect(his.texts(room)).toEqual(["Did you get this?"]);
});

test("[CLU9] what was written though the answer was lost is told on every node after the beat of the node that asked", async () => {
  const { one, room, hers, his } = await afterLostAnswer();
  await one.chat.beat(new Map());
  await one.settle();
  expect([hers.texts(room), his.texts(room)]).toEqual([["Did you get this?"], ["Did you get this?"]]);
});
