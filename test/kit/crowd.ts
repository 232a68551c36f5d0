import { type Acknowledged, type Copy, compare as compareAll, total, type Verdict } from "@parley/cli/prove/compare";
import { type Client, createClient } from "@parley/client";
import type { Item } from "@parley/protocol/messages";
import { fetchAll, until } from "./replicas.ts";
import { spelled } from "./spelled.ts";

/** Somebody who posts, and what the server acknowledged to them. */
export interface Person {
  client: Client;
  acknowledged: (Acknowledged & { room: number })[];
}

/** People who are all members of the same rooms. */
export interface Crowd {
  people: Person[];
  rooms: number[];
}

/** What became of what was acknowledged. */
export interface Losses extends Verdict {
  acknowledged: number;
}

/** What must have happened to a crowd, whatever happened to the server. */
export const NO_LOSSES = { lost: 0, duplicated: 0, misordered: 0, unread_drift: 0 };

interface Movers {
  clients: number;
  rooms: number;
  /** What their names and those of their rooms begin with, where several crowds are on one server. */
  called?: string;
}

/** Signs people in and opens rooms of theirs. */
export async function moveIn(url: string, { clients, rooms, called = "Person" }: Movers): Promise<Crowd> {
  const people = await Promise.all(
    Array.from({ length: clients }, async (_, at): Promise<Person> => {
      const client = createClient({ url });
      await client.signIn(`${called} ${spelled(at)}`);
      await until(client, () => client.line.is === "live");
      return { client, acknowledged: [] };
    }),
  );
  const first = people[0]?.client as Client;
  const made = await Promise.all(
    Array.from({ length: rooms }, (_, at) => first.createRoom({ name: `Room ${at} of ${called}` })),
  );
  const ids = made.map((room) => room.id);
  await Promise.all(people.slice(1).map(({ client }) => Promise.all(ids.map((id) => client.join(id)))));
  return { people, rooms: ids };
}

/** Everybody posts in all rooms from now on, until it is ended. */
export function beginTalk(crowd: Crowd, pause?: number): { end(): Promise<void> } {
  let goesOn = true;
  const talk = keepTalking(crowd, () => goesOn, pause);
  return {
    end() {
      goesOn = false;
      return talk;
    },
  };
}

/** Everybody posts in all rooms, one message after the other, as long as `goesOn` says so. */
export async function keepTalking({ people, rooms }: Crowd, goesOn: () => boolean, pause = 40): Promise<void> {
  await Promise.all(people.map((person, at) => keepPosting(person, at, rooms, goesOn, pause)));
}

async function keepPosting(person: Person, at: number, rooms: number[], goesOn: () => boolean, pause: number) {
  for (let n = person.acknowledged.length; goesOn(); n++) {
    const room = rooms[(at + n) % rooms.length] as number;
    const text = `${at}/${n}`;
    const { seq } = await person.client.post(room, text).sent;
    const author = person.client.me?.id ?? 0;
    person.acknowledged.push({ room, author, order: n, seq, what: { is: "post", text } });
    await Bun.sleep(Math.random() * pause);
  }
}

/** How many messages were acknowledged so far. */
export function acknowledged({ people }: Pick<Crowd, "people">): number {
  return people.reduce((sum, person) => sum + person.acknowledged.length, 0);
}

/** Compares what was acknowledged with the log, and the log with every replica; then everybody leaves. */
export async function compare({ people, rooms }: Crowd): Promise<Losses> {
  const verdicts = [];
  for (const room of rooms) {
    const log = await fetchAll(people[0]?.client as Client, room);
    const told = people.flatMap((person) => person.acknowledged.filter((one) => one.room === room));
    const copies = [];
    for (const { client } of people) copies.push(await copyOf(client, room));
    const head = Math.max(...told.map(({ seq }) => seq));
    const preamble = Math.min(...told.map(({ seq }) => seq)) - 1;
    const here = new Set(people.map(({ client }) => client.me?.id));
    // Nobody noted what those were told who are not of the crowd.
    const unanswered = log.filter((item) => item.kind === "message" && !here.has(item.author)).length;
    verdicts.push(compareAll({ head, log, acknowledged: told, copies, unanswered, preamble }));
  }
  for (const { client } of people) client.disconnect();
  return { acknowledged: acknowledged({ people }), ...total(verdicts) };
}

async function copyOf(client: Client, room: number): Promise<Copy> {
  await until(client, () => client.line.is === "live" && client.timeline(room).pending.length === 0);
  while (!client.timeline(room).complete) await client.loadOlder(room);
  const items = client.timeline(room).rows.filter((row): row is Item => row.kind !== "hole");
  const { read, unread: counted } = await client.call("mark", { conversation: room });
  return { user: client.me?.id ?? 0, items, read, unread: client.conversation(room)?.unread ?? -1, counted };
}
