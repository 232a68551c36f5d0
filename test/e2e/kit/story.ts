import type { Client } from "@parley/client";
import { enter, until } from "../../kit/replicas.ts";

/** One thing that somebody said. */
type Said = readonly [at: string, who: keyof typeof PEOPLE, text: string];

const PEOPLE = {
  ines: "Ines Duarte",
  mara: "Mara Lindqvist",
  jonah: "Jonah Okafor",
  hana: "Hana Sato",
  rui: "Rui Costa",
  tomas: "Tomas Berg",
} as const;

/** The person whose screen the pictures show. */
export const VIEWER = PEOPLE.ines;

const ROOMS = {
  "repair-cafe": "Saturday, ten to three, in the old library",
  "front-desk": "Who is there, and who is late",
  kitchen: "Coffee, cake and the dishwasher",
  photos: "Before and after",
  "spare-parts": "Wanted, found, given away",
} as const;

type Room = keyof typeof ROOMS;

const BEFORE: Record<Room, readonly Said[]> = {
  "repair-cafe": [
    ["19 18:42", "mara", "The library gave us the key. We can set up from eight on Saturday."],
    ["19 18:44", "jonah", "Good. I bring the soldering irons and the long extension lead."],
    ["19 18:45", "jonah", "Who has the label printer?"],
    ["19 18:51", "hana", "I do. There is new tape in it, and a spare roll in the box."],
    [
      "20 09:12",
      "rui",
      "Eleven people wrote for Saturday so far: four lamps, three toasters, two radios, a sewing machine and one accordion.",
    ],
    ["20 09:14", "tomas", "The accordion is mine to look at. I promise nothing."],
    ["20 09:15", "ines", "If it plays at noon, it has to play at three as well."],
    ["20 09:21", "hana", "I can take both radios. The drawings are at https://example.org/radios/b3x"],
    ["20 09:26", "jonah", "@ines.duarte could you open at eight? I am with you at half past."],
    ["20 09:27", "ines", "Yes. I have the key, and I make the coffee."],
    ["20 09:27", "ines", "Please bring your own cup, there are only six."],
  ],
  "front-desk": [["19 17:20", "rui", "I lock up tonight."]],
  kitchen: [["19 16:05", "hana", "The dishwasher works again. It was the filter."]],
  photos: [["19 12:31", "tomas", "Sixteen pictures from last month are in the shared folder."]],
  "spare-parts": [["19 11:10", "jonah", "Two fuses of 3.15 A left. I order ten."]],
};

const AFTER: Partial<Record<Room, readonly Said[]>> = {
  "repair-cafe": [
    ["20 09:34", "mara", "The poster is up at the bakery. They asked whether we repair umbrellas, too."],
    ["20 09:35", "rui", "Since a minute ago, yes."],
  ],
  kitchen: [["20 09:36", "hana", "I bring an apple cake. No nuts in it."]],
  "spare-parts": [["20 09:36", "tomas", "@ines.duarte do you still have the belt for the sewing machine?"]],
};

/** People who talk before the pictures are taken; `setClock` moves the server's clock. */
export async function tell(url: string, setClock: (time: number) => void): Promise<Map<string, Client>> {
  setClock(timeOf("19 09:00"));
  const people = new Map<string, Client>();
  for (const name of Object.values(PEOPLE)) people.set(name, await enter(url, name));
  const who = (key: Said[1]): Client => people.get(PEOPLE[key]) as Client;
  const rooms = {} as Record<Room, number>;
  for (const [name, topic] of Object.entries(ROOMS) as [Room, string][]) {
    const { id } = await who("mara").createRoom({ name, topic });
    rooms[name] = id;
    for (const person of people.values()) if (person !== who("mara")) await person.join(id);
  }
  const say = async (said: Partial<Record<Room, readonly Said[]>>) => {
    for (const [room, lines] of Object.entries(said) as [Room, Said[]][]) {
      for (const [at, key, text] of lines) {
        setClock(timeOf(at));
        await who(key).post(rooms[room], text).sent;
      }
    }
  };
  await say(BEFORE);
  await direct(who("ines"), who("jonah"), "Thank you for last Saturday.", "It was a good one.");
  await readAll(who("ines"));
  await say(AFTER);
  await direct(who("mara"), who("ines"), "Shall I bring the big kettle?");
  for (const person of people.values()) person.look(Object.values(rooms));
  setClock(timeOf("20 09:38"));
  return people;
}

/** Somebody has seen everything that was said so far. */
async function readAll(client: Client): Promise<void> {
  for (const { id, head } of client.conversations()) {
    await until(client, () => client.timeline(id).head >= head);
    client.markRead(id, head);
  }
  // Marks travel ahead of the next thing that is asked.
  await client.call("people", { ids: [client.me?.id ?? 0] });
}

/** Milliseconds of a moment such as "20 09:38": a day of November 2026 and a time of day. */
export function timeOf(at: string): number {
  const [day, clock] = at.split(" ");
  return Date.parse(`2026-11-${day}T${clock}:00Z`);
}

async function direct(from: Client, to: Client, text: string, answer?: string): Promise<void> {
  const { id } = await from.openDirect(to.me?.id ?? 0);
  await from.post(id, text).sent;
  if (answer === undefined) return;
  await to.openDirect(from.me?.id ?? 0);
  await to.post(id, answer).sent;
  await until(from, () => (from.conversation(id)?.head ?? 0) > 1 && from.conversation(id)?.unread === 1);
}
