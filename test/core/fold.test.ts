import { afterAll, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import type { CommandName } from "@parley/protocol/commands";
import { commands } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import { memoryStore } from "@parley/server/store/memory/memory";
import fc from "fast-check";
import { startNode } from "../kit/node.ts";
import { enter, expectSameAsServer, until } from "../kit/replicas.ts";
import { spelled } from "../kit/spelled.ts";

interface World {
  clients: Client[];
  /** Rooms, groups and directs that exist, whoever is in them. */
  places: number[];
}

interface Choice {
  who: number;
  place: number;
  target: number;
  text: string;
}

type Act = (world: World, by: Client, choice: Choice) => Promise<unknown>;

const placeOf = ({ places }: World, { place }: Choice) => places[place % places.length] as number;
const targetIn = (by: Client, id: number, { target }: Choice) => 1 + (target % Math.max(1, by.timeline(id).head));
const otherOf = ({ clients }: World, { target }: Choice) => clients[target % clients.length]?.me?.id ?? 0;

async function open(world: World, conversation: Promise<{ id: number }>): Promise<void> {
  const { id } = await conversation;
  if (!world.places.includes(id)) world.places.push(id);
}

/** An example of every command that changes something. A command that is missing here does not compile. */
const ACTS: { [C in CommandName]: Act | null } = {
  create_room: (world, by, { text }) => open(world, by.createRoom({ name: `Room ${text}` })),
  open_direct: (world, by, choice) => open(world, by.openDirect(otherOf(world, choice))),
  create_group: (world, by, choice) => open(world, by.createGroup([otherOf(world, choice)], "A group")),
  join: (world, by, choice) => by.join(placeOf(world, choice)),
  leave: (world, by, choice) => by.leave(placeOf(world, choice)),
  rename: (world, by, choice) => by.call("rename", { conversation: placeOf(world, choice), name: `N ${choice.text}` }),
  delete_room: (world, by, choice) =>
    choice.target % 5 ? Promise.resolve() : by.call("delete_room", { conversation: placeOf(world, choice) }),
  add_member: (world, by, choice) =>
    by.call("add_member", { conversation: placeOf(world, choice), user: otherOf(world, choice) }),
  remove_member: (world, by, choice) =>
    by.call("remove_member", { conversation: placeOf(world, choice), user: otherOf(world, choice) }),
  post: (world, by, choice) => {
    const [id, { text, target }] = [placeOf(world, choice), choice];
    if (target % 3 > 0) return by.post(id, text).sent;
    return by.call("post", { conversation: id, text, reply_to: targetIn(by, id, choice) });
  },
  edit: (world, by, choice) => {
    const id = placeOf(world, choice);
    return by.edit(id, targetIn(by, id, choice), `edited ${choice.text}`);
  },
  delete: (world, by, choice) => {
    const id = placeOf(world, choice);
    return by.delete(id, targetIn(by, id, choice));
  },
  mark: async (world, by, choice) => {
    const id = placeOf(world, choice);
    if (by.conversation(id)) by.markRead(id, targetIn(by, id, choice));
  },
  update_profile: (_, by) => by.call("update_profile", { handle: `h${by.me?.id}` }),
  block: (world, by, choice) => by.call("block", { user: otherOf(world, choice) }),
  unblock: (world, by, choice) => by.call("unblock", { user: otherOf(world, choice) }),
  blocks: null,
  list_rooms: null,
  history: null,
  list_members: null,
  receipts: null,
  people: null,
  find_people: null,
  look: null,
  typing: null,
  follow: null,
  unfollow: null,
  set_password: (_, by) => by.call("set_password", { password: "a good password", old: "a good password" }),
  // Whoever did it has nothing left to be compared.
  sign_out: null,
  delete_account: null,
};

const acting = Object.entries(ACTS).flatMap(([name, act]) => (act ? [[name, act] as const] : []));
/** Talk is what happens most. */
const names = [
  ...acting.map(([name]) => name),
  "post",
  "post",
  "post",
  "post",
  "edit",
  "delete",
  "mark",
  "join",
  "join",
];

const script = fc.array(
  fc.record({
    name: fc.constantFrom(...names),
    who: fc.nat(2),
    place: fc.nat(50),
    target: fc.nat(50),
    text: fc.constantFrom("hello", "@bea and @ada", "två rader\nhär", "😀", "@cleo?", "x".repeat(300)),
  }),
  { minLength: 5, maxLength: 30 },
);

const store = memoryStore();
const node = startNode({ store });
afterAll(() => node.stop());
let worlds = 0;

async function worldOf(): Promise<World> {
  const of = spelled(++worlds);
  const clients = await Promise.all(["ada", "bea", "cleo"].map((name) => enter(node.url, `${name} of ${of}`)));
  const world: World = { clients, places: [] };
  const [ada, bea] = clients as [Client, Client];
  await open(world, ada.createRoom({ name: "First" }));
  await bea.join(world.places[0] as number);
  const unowned = await node.chat.rooms.open(`Nobody's ${of}`, null);
  world.places.push(unowned.id);
  await Promise.all([ada.join(unowned.id), bea.join(unowned.id)]);
  return world;
}

/** Everything that the store holds for these people has reached them. */
async function rested({ clients }: World): Promise<void> {
  for (const client of clients) {
    const rows = await store.memberships(client.me?.id ?? 0);
    await until(client, () => rows.every(({ row }) => (client.conversation(row.id)?.head ?? -1) >= row.head));
    await until(client, () => client.conversations().every(({ id }) => rows.some(({ row }) => row.id === id)));
    await until(client, () => client.line.is === "live");
  }
}

test("[SDK1] apply(state, entries) == fetch() after every command, whatever came before it", async () => {
  expect(Object.keys(ACTS).toSorted()).toEqual(Object.keys(commands).toSorted());
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const world = await worldOf();
      for (const { name, ...choice } of steps) {
        const by = world.clients[choice.who] as Client;
        await ACTS[name as CommandName]?.(world, by, choice).catch((error) => {
          if (!(error instanceof ChatError) || error.code === "internal") throw error;
        });
        await rested(world);
        for (const client of world.clients) await expectSameAsServer(client, store);
      }
      for (const client of world.clients) client.disconnect();
    }),
    { numRuns: 40 },
  );
  expect(node.faults).toEqual([]);
}, 120_000);
