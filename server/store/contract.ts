import { describe, expect, test } from "bun:test";
import { accessContract } from "./contract/access.ts";
import { blocksContract } from "./contract/blocks.ts";
import { historyContract } from "./contract/history.ts";
import { houseContract } from "./contract/house.ts";
import { keysContract } from "./contract/keys.ts";
import { type Open, play } from "./contract/kit.ts";
import { marksContract } from "./contract/marks.ts";
import { membersContract } from "./contract/members.ts";
import { openPeopleContract } from "./contract/open-people.ts";
import { orderContract } from "./contract/order.ts";
import { peopleContract } from "./contract/people.ts";
import { type Gaps, restartContract } from "./contract/restart.ts";
import { roomsContract } from "./contract/rooms.ts";

/** Everything that the store's port promises, as tests for one adapter; `gaps` are what it cannot do, and why. */
export function storeContract(name: string, open: Open, gaps: Gaps = {}): void {
  describe(name, () => {
    orderContract(open);
    keysContract(open);
    membersContract(open);
    historyContract(open);
    marksContract(open);
    peopleContract(open);
    openPeopleContract(open);
    accessContract(open);
    houseContract(open);
    blocksContract(open);
    roomsContract(open);
    restartContract(open, gaps);

    test("[DUR3] a store that is open is ready, and a batch of nothing changes nothing", () =>
      play(open, async (world) => {
        await world.store.ready();
        expect(await world.store.commit([], [])).toEqual({ outcomes: [], moved: [], raised: new Map() });
      }));
  });
}
