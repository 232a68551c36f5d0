import { type Client, createClient } from "@parley/client";
import type { Item } from "@parley/protocol/messages";
import { fetchAll, until } from "./replicas.ts";

/** Somebody who posts, and what the server acknowledged to them. */
export interface Person {
  client: Client;
  acknowledged: { room: number; text: string }[];
}

/** People who are all members of the same rooms. */
export interface Crowd {
  people: Person[];
  rooms: number[];
}

/** What became of what was acknowledged. */
export interface Losses {
  acknowledged: number;
  delivered: number;
  lost: number;
  duplicated: number;
  misordered: number;
  unread_drift: number;
}

/** What must have happened to a crowd, whatever happened to the server. */
export const NO_LOSSES = { lost: 0, duplicated: 0, misordered: 0, unread_drift: 0 };

/** Signs people in and opens rooms of theirs. */
export async function moveIn(url: string, { clients, rooms }: { clients: number; rooms: number }): Promise<Crowd> {
  const people = await Promise.all(
    Array.from({ length: clients }, async (_, at): Promise<Person> => {
      const client = createClient({ url });
      await client.signIn(`Person ${spelled(at)}`);
      await until(client, () => client.line.is === "live");
      return { client, acknowledged: [] };
    }),
  );
  const first = people[0]?.client as Client;
  const made = await Promise.all(Array.from({ length: rooms }, (_, at) => first.createRoom({ name: `Room ${at}` })));
  const ids = made.map((room) => room.id);
  await Promise.all(people.slice(1).map(({ client }) => Promise.all(ids.map((id) => client.join(id)))));
  return { people, rooms: ids };
}

/** Digits as letters that do not look alike, for names that nobody takes for each other. */
function spelled(at: number): string {
  return [...`${at}`].map((digit) => "abcdefghkw"[Number(digit)]).join("");
}

/** Everybody posts in all rooms, one message after the other, as long as `goesOn` says so. */
export async function keepTalking({ people, rooms }: Crowd, goesOn: () => boolean, pause = 40): Promise<void> {
  await Promise.all(people.map((person, at) => keepPosting(person, at, rooms, goesOn, pause)));
}

async function keepPosting(person: Person, at: number, rooms: number[], goesOn: () => boolean, pause: number) {
  for (let n = person.acknowledged.length; goesOn(); n++) {
    const room = rooms[(at + n) % rooms.length] as number;
    const text = `${at}/${n}`;
    await person.client.post(room, text).sent;
    person.acknowledged.push({ room, text });
    await Bun.sleep(Math.random() * pause);
  }
}

/** How many messages were acknowledged so far. */
export function acknowledged({ people }: Pick<Crowd, "people">): number {
  return people.reduce((sum, person) => sum + person.acknowledged.length, 0);
}

/** Compares what was acknowledged with the log, and the log with every replica; then everybody leaves. */
export async function compare({ people, rooms }: Crowd): Promise<Losses> {
  const report: Losses = {
    acknowledged: acknowledged({ people }),
    delivered: 0,
    lost: 0,
    duplicated: 0,
    misordered: 0,
    unread_drift: 0,
  };
  for (const room of rooms) {
    const truth = textsOf(await fetchAll(people[0]?.client as Client, room));
    const expected = people.flatMap((person) => person.acknowledged.filter((told) => told.room === room));
    const there = new Set(truth);
    report.duplicated += truth.length - there.size;
    report.lost += expected.filter(({ text }) => !there.has(text)).length;
    report.misordered += outOfOrder(truth);
    for (const { client } of people) await compareReplica(client, room, truth, report);
  }
  for (const { client } of people) client.disconnect();
  return report;
}

async function compareReplica(client: Client, room: number, truth: string[], report: Losses) {
  await until(client, () => client.line.is === "live" && client.timeline(room).pending.length === 0);
  while (!client.timeline(room).complete) await client.loadOlder(room);
  const held = textsOf(client.timeline(room).rows.filter((row): row is Item => row.kind !== "hole"));
  const distinct = new Set(held);
  report.delivered += held.length;
  report.duplicated += held.length - distinct.size;
  report.lost += truth.filter((text) => !distinct.has(text)).length;
  report.misordered += held.filter((text, at) => text !== truth[at]).length;
  const view = client.conversation(room);
  const counted = await client.call("mark", { conversation: room });
  if (view?.unread !== counted.unread) report.unread_drift += 1;
}

function textsOf(items: readonly Item[]): string[] {
  return items.flatMap((item) => (item.kind === "message" && item.text !== null ? [item.text] : []));
}

/** Each author's messages carry their number: how many stand before an earlier one of the same author. */
function outOfOrder(texts: readonly string[]): number {
  const last = new Map<string, number>();
  let wrong = 0;
  for (const text of texts) {
    const [author, n] = text.split("/") as [string, string];
    if (Number(n) <= (last.get(author) ?? -1)) wrong += 1;
    last.set(author, Number(n));
  }
  return wrong;
}
