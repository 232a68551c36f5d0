import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";

const MANY = 100_000;
/** Ids that are asked for whether or not they exist: people of a dialect with numbers, and native ones. */
const NUMBERS = Array.from({ length: 60 }, (_, at) => at + 1);
const NATIVES = NUMBERS.map((at) => 999_999 + at);

/** What a store answers to every question that has one, for as many as there are in a test. */
export async function answersOf(store: Store) {
  const people = await store.users([...NUMBERS, ...NATIVES]);
  const conversations = await Promise.all(NUMBERS.map((id) => aboutConversation(store, id, people)));
  return {
    heads: [...(await store.heads(NUMBERS))].sort(([one], [other]) => one - other),
    people: await Promise.all(people.map((person) => aboutPerson(store, person))),
    found: await store.findUsers({ after: 0, limit: MANY, query: "" }),
    handles: (await store.usersByHandle(people.map(({ handle }) => handle))).sort((one, other) => one.id - other.id),
    conversations: conversations.filter((one) => one.row !== null),
  };
}

async function aboutPerson(store: Store, person: User) {
  return {
    person,
    password: await store.passwordOf(person.id),
    claimant: await store.claimant(person.name),
    blocks: await store.blocks(person.id, -MANY, MANY),
    memberships: await store.memberships(person.id),
    rooms: await store.rooms(person.id, { after: 0, limit: MANY, query: "" }),
  };
}

async function aboutConversation(store: Store, id: number, people: readonly User[]) {
  const entries = await store.entries(id, 0, MANY, 1e9);
  const row = await store.conversation(id);
  return {
    row,
    entries,
    located: await Promise.all(entries.map((entry) => store.located(entry.id))),
    recalled: await Promise.all(entries.map(({ author, key }) => store.recall(author, id, key))),
    history: await store.stretch(id, { before: entries.length + 1 }, 1, MANY),
    members: await store.members(id, -MANY, MANY),
    marks: await store.marks(id),
    named: row?.name ? await store.roomNamed(row.name) : null,
    reached: await Promise.all(entries.map(({ seq, author }) => store.reachedBy(id, seq, author))),
    unread: await Promise.all(people.map((person) => store.unread(id, person.id, 0))),
    sights: await Promise.all(people.map((person) => store.sight(id, person.id))),
    standings: await Promise.all(people.map((person) => store.standing(id, person.id))),
    spans: await Promise.all(people.map((person) => store.spans(id, person.id))),
    directs: await Promise.all(people.slice(1).map((person) => store.direct((people[0] as User).id, person.id))),
  };
}
