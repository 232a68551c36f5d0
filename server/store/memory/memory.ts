import type { Mark, Member } from "@parley/protocol/conversations";
import type { Seq, UserId } from "@parley/protocol/ids";
import type { Store } from "../../core/ports.ts";
import { soleLeases } from "../leases.ts";
import * as access from "./access.ts";
import * as blocks from "./blocks.ts";
import { commitBatch } from "./commit.ts";
import * as people from "./people.ts";
import * as reads from "./reads.ts";
import { claimOf, State } from "./state.ts";

/** A store that keeps everything in this process, as plainly as possible: the reference for the others. */
export function memoryStore(epoch = crypto.randomUUID().replaceAll("-", "").slice(0, 16)): Store {
  const state = new State();
  return { epoch, leases: soleLeases, ...peopleOf(state), ...conversationsOf(state), ...logsOf(state), ...lifecycle };
}

const lifecycle = {
  ready: async () => {},
  close: async () => {},
};

/** Nothing that goes in or out is shared with the state: whoever holds it may change it. */
function own<T>(value: T): T {
  return structuredClone(value);
}

function peopleOf(state: State) {
  return {
    enrol: async (guest) => own(people.enrol(state, guest)),
    openPerson: async (name, time) => own(people.openGuest(state, { name }, time)),
    numberedPerson: async (id, time) => own(people.openGuest(state, { id }, time)),
    house: async (bot) => own(people.house(state, bot)),
    userByToken: async (tokenHash, time) => own(people.userByToken(state, tokenHash, time)),
    passwordOf: async (user) => state.passwords.get(user) ?? null,
    claimant: async (name) => own(access.claimant(state, name)),
    addToken: async (token) => access.addToken(state, token),
    hasToken: async (user, tokenHash) => state.tokens.get(tokenHash)?.user === user,
    users: async (ids) => own([...new Set(ids)].flatMap((id) => state.users.get(id) ?? [])),
    usersByHandle: async (handles) => own(people.usersByHandle(state, handles)),
    findUsers: async (page) => own(people.findUsers(state, page)),
    updateProfile: async (user, change, time) => own(people.updateProfile(state, user, change, time)),
    blocks: async (user, after, limit) => blocks.blocks(state, user, after, limit),
    estranged: async (one, other) => blocks.estranged(state, one, other),
    claimOwnership: async (user, secretHash) => people.claimOwnership(state, user, secretHash),
    offerOwnership: async (secretHash) => people.offerOwnership(state, secretHash),
  } satisfies Partial<Store>;
}

function conversationsOf(state: State) {
  const membersOf = (conversation: number) => [...(state.logs.get(conversation)?.members.values() ?? [])];
  return {
    conversation: async (id) => own(state.logs.get(id)?.row ?? null),
    member: async (conversation, user) => own(state.logs.get(conversation)?.members.get(user) ?? null),
    standing: async (conversation, user) => own(reads.standing(state.logs.get(conversation), user)),
    sight: async (conversation, user) => own(reads.sight(state.logs.get(conversation), user)),
    memberships: async (user) => own(reads.memberships(state, user)),
    spans: async (conversation, user) => own(state.logs.get(conversation)?.spans.get(user) ?? []),
    async members(conversation, after, limit): Promise<Member[]> {
      const sorted = membersOf(conversation).sort((a, b) => a.user - b.user);
      const page = sorted.filter(({ user }) => user > after).slice(0, limit);
      return page.map(({ user, role, joined }) => ({ user, role, joined }));
    },
    rooms: async (viewer, page) => reads.rooms(state, viewer, page),
    roomNamed: async (name) => own(reads.roomNamed(state, name)),
    direct: async (one, other) => own(reads.direct(state, one, other)),
    async marks(conversation): Promise<Mark[]> {
      const marks = membersOf(conversation).map(({ user, delivered, read }) => ({ user, delivered, read }));
      return marks.sort((a, b) => a.user - b.user);
    },
    reached: async (conversation, seq, except) => reads.reached(state.read(conversation), seq, except),
    reachedBy: async (conversation, seq, except) => reads.reachedBy(state.read(conversation), seq, except),
    unread: async (conversation, user, read) => reads.unread(state.read(conversation), user, read),
  } satisfies Partial<Store>;
}

function logsOf(state: State) {
  const entryAt = (conversation: number, seq: Seq) => state.logs.get(conversation)?.entries[seq - 1] ?? null;
  return {
    commit: async (writes, marks) => own(commitBatch(state, writes, marks)),
    heads: async (ids) => reads.heads(state, ids),
    entries: async (conversation, after, limit, bytes) => {
      return own(reads.entries(state.read(conversation), after, limit, bytes));
    },
    entry: async (conversation, seq) => own(entryAt(conversation, seq)),
    located: async (entry) => own(reads.located(state, entry)),
    async recall(author: UserId, conversation, key) {
      const claim = state.logs.get(conversation)?.claims.get(claimOf(author, key));
      const entry = claim && entryAt(conversation, claim.seq);
      return claim && entry ? own({ logged: { conversation, entry }, digest: claim.digest }) : null;
    },
    stretch: async (conversation, at, lowest, limit) => own(reads.stretch(state.read(conversation), at, lowest, limit)),
  } satisfies Partial<Store>;
}
