import { ChatError } from "@parley/protocol/errors";
import type { Store } from "../../core/ports.ts";
import { soleLeases } from "../leases.ts";
import { Accesses } from "./access.ts";
import { Blocks } from "./blocks.ts";
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
export function storeOf(opened: Opened, scrubWithin = SCRUB_WITHIN): Store {
  const statements = new Statements(opened.db);
  const transactions = new Transactions(opened.db, statements);
  const scrub = new Scrub(opened.db, scrubWithin);
  const accesses = new Accesses(transactions, statements);
  const blocks = new Blocks(statements);
  const readiness = new Readiness(opened.db);
  let closed = false;
  const ask: Ask = async (question) => {
    if (closed) throw new ChatError("unavailable", "The server is shutting down.");
    return attempt(question);
  };
  return {
    epoch: opened.epoch,
    leases: soleLeases,
    ...logsOf(ask, new Commits(transactions, statements, accesses, blocks), new History(statements), scrub, readiness),
    ...peopleOf(ask, new People(transactions, statements)),
    ...accessOf(ask, accesses),
    blocks: (user, after, limit) => ask(() => blocks.list(user, after, limit)),
    estranged: (one, other) => ask(() => blocks.estranged(one, other)),
    ...ownershipOf(ask, opened, transactions),
    ...readsOf(ask, new Reads(statements)),
    ready: () => ask(() => readiness.prove()),
    async close() {
      if (closed) return;
      closed = true;
      scrub.stop();
      statements.finalize();
      opened.close();
    },
  };
}

/** Puts a question to the database; what the disk prevents is `unavailable`. */
type Ask = <T>(question: () => T) => Promise<T>;

function logsOf(ask: Ask, commits: Commits, history: History, scrub: Scrub, readiness: Readiness) {
  return {
    commit: (writes, marks) =>
      ask(() => {
        const committed = readiness.watch(() => commits.commit(writes, marks));
        if (commits.takeErased()) scrub.due();
        return committed;
      }),
    recall: (author, conversation, key) => ask(() => commits.recall(author, conversation, key)),
    entries: (conversation, after, limit, bytes) => ask(() => history.entries(conversation, after, limit, bytes)),
    entry: (conversation, seq) => ask(() => history.entry(conversation, seq)),
    located: (entry) => ask(() => history.located(entry)),
    stretch: (conversation, at, lowest, limit) => ask(() => history.stretch(conversation, at, lowest, limit)),
  } satisfies Partial<Store>;
}

function peopleOf(ask: Ask, people: People) {
  return {
    enrol: (guest) => ask(() => people.enrol(guest)),
    openPerson: (name, time) => ask(() => people.openGuest({ name }, time)),
    numberedPerson: (id, time) => ask(() => people.openGuest({ id }, time)),
    house: (bot) => ask(() => people.house(bot)),
    userByToken: (tokenHash, time) => ask(() => people.userByToken(tokenHash, time)),
    users: (ids) => ask(() => people.users(ids)),
    usersByHandle: (handles) => ask(() => people.usersByHandle(handles)),
    findUsers: (page) => ask(() => people.findUsers(page)),
    updateProfile: (user, change, time) => ask(() => people.updateProfile(user, change, time)),
  } satisfies Partial<Store>;
}

function accessOf(ask: Ask, accesses: Accesses) {
  return {
    passwordOf: (user) => ask(() => accesses.passwordOf(user)),
    claimant: (name) => ask(() => accesses.claimant(name)),
    addToken: (token) => ask(() => accesses.addToken(token)),
    hasToken: (user, tokenHash) => ask(() => accesses.hasToken(user, tokenHash)),
  } satisfies Partial<Store>;
}

function ownershipOf(ask: Ask, { db }: Opened, transactions: Transactions) {
  return {
    claimOwnership: (user, secretHash) => ask(() => claimOwnership(db, transactions, user, secretHash)),
    offerOwnership: (secretHash) => ask(() => offerOwnership(db, transactions, secretHash)),
  } satisfies Partial<Store>;
}

function readsOf(ask: Ask, reads: Reads) {
  return {
    conversation: (id) => ask(() => reads.conversation(id)),
    member: (conversation, user) => ask(() => reads.member(conversation, user)),
    memberships: (user) => ask(() => reads.memberships(user)),
    spans: (conversation, user) => ask(() => reads.spans(conversation, user)),
    members: (conversation, after, limit) => ask(() => reads.members(conversation, after, limit)),
    marks: (conversation) => ask(() => reads.marks(conversation)),
    rooms: (viewer, page) => ask(() => reads.rooms(viewer, page)),
    roomNamed: (name) => ask(() => reads.roomNamed(name)),
    direct: (one, other) => ask(() => reads.direct(one, other)),
    heads: (ids) => ask(() => reads.heads(ids)),
    unread: (conversation, user, read) => ask(() => reads.unread(conversation, user, read)),
    reached: (conversation, seq, except) => ask(() => reads.reached(conversation, seq, except)),
    reachedBy: (conversation, seq, except) => ask(() => reads.reachedBy(conversation, seq, except)),
  } satisfies Partial<Store>;
}
