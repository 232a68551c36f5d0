import { type Client, createClient } from "@parley/client";
import type { Item } from "@parley/protocol/messages";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { fetchAll, until } from "../kit/replicas.ts";

export interface KillPlan {
  clients: number;
  rooms: number;
  kills: number;
  /** Milliseconds of load between two kills, at least and at most. */
  between: [number, number];
  /** Said once for each kill. */
  progress?(line: string): void;
}

export interface KillReport {
  acknowledged: number;
  delivered: number;
  lost: number;
  duplicated: number;
  misordered: number;
  unread_drift: number;
  kills: number;
}

interface Person {
  client: Client;
  acknowledged: { room: number; text: string }[];
}

/**
 * Real clients post in rooms of theirs while the server is killed and started again. Afterwards every acknowledged
 * message must be in every member's replica once, in one order, and in the log; and nothing may be there twice.
 */
export async function runKillLoop(plan: KillPlan): Promise<KillReport> {
  const folder = temporaryFolder();
  const server = new ServerProcess({ port: await freePort(), data: folder.path });
  try {
    await server.start();
    const { people, rooms } = await moveIn(server.url, plan);
    let posting = true;
    const talk = Promise.all(people.map((person, at) => keepPosting(person, at, rooms, () => posting)));
    for (let kill = 1; kill <= plan.kills; kill++) {
      const [least, most] = plan.between;
      await Bun.sleep(least + Math.random() * (most - least));
      await server.kill();
      await server.start();
      plan.progress?.(`killed ${kill} of ${plan.kills}, ${count(people)} messages acknowledged`);
    }
    await Bun.sleep(plan.between[0]);
    posting = false;
    await talk;
    return { ...(await compare(people, rooms)), kills: plan.kills };
  } finally {
    await server.kill();
    folder.remove();
  }
}

async function moveIn(url: string, { clients, rooms }: KillPlan): Promise<{ people: Person[]; rooms: number[] }> {
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

async function keepPosting(person: Person, at: number, rooms: number[], goesOn: () => boolean): Promise<void> {
  for (let n = 0; goesOn(); n++) {
    const room = rooms[(at + n) % rooms.length] as number;
    const text = `${at}/${n}`;
    await person.client.post(room, text).sent;
    person.acknowledged.push({ room, text });
    await Bun.sleep(Math.random() * 40);
  }
}

function count(people: readonly Person[]): number {
  return people.reduce((sum, person) => sum + person.acknowledged.length, 0);
}

async function compare(people: Person[], rooms: number[]): Promise<Omit<KillReport, "kills">> {
  const report = { acknowledged: count(people), delivered: 0, lost: 0, duplicated: 0, misordered: 0, unread_drift: 0 };
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

async function compareReplica(client: Client, room: number, truth: string[], report: Omit<KillReport, "kills">) {
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

if (import.meta.main) {
  const { parseArgs } = await import("node:util");
  const { values } = parseArgs({
    options: {
      clients: { type: "string", default: "50" },
      rooms: { type: "string", default: "5" },
      kills: { type: "string", default: "10" },
    },
  });
  const [clients, rooms, kills] = [values.clients, values.rooms, values.kills].map(Number) as [number, number, number];
  console.log(`${clients} clients post in ${rooms} rooms while the server is killed ${kills} times.`);
  const report = await runKillLoop({ clients, rooms, kills, between: [400, 1200], progress: console.log });
  console.log(JSON.stringify(report));
  const wrong = report.lost + report.duplicated + report.misordered + report.unread_drift;
  process.exitCode = wrong > 0 ? 1 : 0;
}
