import { ChatError } from "@parley/protocol/errors";
import type { Store } from "../../core/ports.ts";
import { ACCESS, type Ask, asked, LOGS, PEOPLE, READS } from "../asked.ts";
import { soleLeases } from "../leases.ts";
import { Accesses } from "./access.ts";
import { Blocks } from "./blocks.ts";
import { type CheckpointParts, Checkpoints } from "./checkpoints.ts";
import { Commits } from "./commit.ts";
import { attempt } from "./errors.ts";
import { History } from "./history.ts";
import { type Opened, openFolder } from "./open.ts";
import { claimOwnership, offerOwnership } from "./ownership.ts";
import { People } from "./people.ts";
import { Readiness } from "./readiness.ts";
import { Reads } from "./reads.ts";
import { SCRUB_WITHIN, Scrub } from "./scrub.ts";
import { Statements } from "./statements.ts";
import { Transactions } from "./transactions.ts";

/** Opens the store of a data folder, which is made where it is missing. Throws StoreError, with one sentence. */
export async function openSqlite(folder: string): Promise<Store> {
  return storeOf(openFolder(folder));
}

/** The store in an opened database. What was erased leaves the write-ahead file within so many milliseconds. */
export function storeOf(opened: Opened, scrubWithin = SCRUB_WITHIN, copying?: CheckpointParts): Store {
  const statements = new Statements(opened.db);
  const checkpoints = new Checkpoints(opened.db, statements, copying);
  const transactions = new Transactions(opened.db, statements);
  const scrub = new Scrub(opened.db, checkpoints, scrubWithin);
  const accesses = new Accesses(transactions, statements);
  const blocks = new Blocks(statements);
  const commits = new Commits(transactions, statements, accesses, blocks);
  const readiness = new Readiness(opened.db);
  let closed = false;
  const ask: Ask = async (question) => {
    if (closed) throw new ChatError("unavailable", "The server is shutting down.");
    return attempt(question);
  };
  return {
    epoch: opened.epoch,
    leases: soleLeases,
    commit: (writes, marks) =>
      ask(() => {
        const committed = readiness.watch(() => commits.commit(writes, marks));
        if (commits.takeErased()) scrub.due();
        checkpoints.written(writes.length + marks.length);
        return committed;
      }),
    ...asked(ask, commits, ["recall"]),
    ...asked(ask, new History(statements), LOGS),
    ...asked(ask, new People(transactions, statements), PEOPLE),
    ...asked(ask, accesses, ACCESS),
    ...asked(ask, new Reads(statements), READS),
    ...asked(ask, blocks, ["blocks", "estranged"]),
    claimOwnership: (user, secretHash) => ask(() => claimOwnership(opened.db, transactions, user, secretHash)),
    offerOwnership: (secretHash) => ask(() => offerOwnership(opened.db, transactions, secretHash)),
    ready: () => ask(() => readiness.prove()),
    async close() {
      if (closed) return;
      closed = true;
      scrub.stop();
      await checkpoints.stop();
      statements.finalize();
      opened.close();
      checkpoints.release();
    },
  };
}
