import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import type { Tab } from "./device.ts";
import type { Deed, Step } from "./plan.ts";
import type { TrueLog } from "./truth.ts";
import type { World } from "./world.ts";

/** Somebody in front of the real client, and which place they mean. */
interface Scene {
  world: World;
  tab: Tab;
  step: Step;
  place: ConversationId;
  log: TrueLog | undefined;
}

/** What people do, through the client's own methods. */
export const DEEDS: Record<Deed, (scene: Scene) => void> = {
  post: (scene) => post(scene, scene.step.how),
  burst(scene) {
    const long = scene.step.how % 3 === 0;
    for (let at = 0; at < 5 + (scene.step.how % 40); at++) post(scene, long ? 900 + at : 1);
  },
  edit(scene) {
    const target = targetOf(scene);
    attempt(scene, scene.tab.client.edit(scene.place, target, `edit ${scene.step.how}`));
  },
  delete(scene) {
    attempt(scene, scene.tab.client.delete(scene.place, targetOf(scene)));
  },
  read({ tab, place, step }) {
    const head = tab.client.conversation(place)?.head ?? 0;
    tab.client.markRead(place, step.how % 3 === 0 ? 1 + (step.how % Math.max(1, head)) : head);
  },
  room(scene) {
    const { how } = scene.step;
    const visibility = how % 2 ? "public" : "private";
    attempt(scene, scene.tab.client.createRoom({ name: `Room ${how}`, visibility }));
  },
  group(scene) {
    const members = [0, 1, 2].filter((bit) => scene.step.how & (1 << bit)).map((at) => personOf(scene, at));
    attempt(scene, scene.tab.client.createGroup(members));
  },
  direct(scene) {
    attempt(scene, scene.tab.client.openDirect(personOf(scene, 0)));
  },
  join(scene) {
    const rooms = [...scene.world.disk.truth.logs.values()].filter(({ kind }) => kind === "room");
    const room = rooms[scene.step.what % Math.max(1, rooms.length)];
    if (room) attempt(scene, scene.tab.client.join(room.id));
  },
  leave(scene) {
    attempt(scene, scene.tab.client.leave(scene.place));
  },
  add(scene) {
    const user = personOf(scene, 0);
    attempt(scene, scene.tab.client.call("add_member", { conversation: scene.place, user }));
  },
  remove(scene) {
    const user = personOf(scene, 0);
    attempt(scene, scene.tab.client.call("remove_member", { conversation: scene.place, user }));
  },
  rename(scene) {
    attempt(scene, scene.tab.client.call("rename", { conversation: scene.place, name: `Name ${scene.step.how}` }));
  },
  dissolve(scene) {
    attempt(scene, scene.tab.client.call("delete_room", { conversation: scene.place }));
  },
  older(scene) {
    attempt(scene, scene.tab.client.loadOlder(scene.place, 1 + (scene.step.how % 10)));
  },
  typing({ tab, place, step }) {
    tab.client.look([place]);
    tab.client.typing(place, step.how % 2 === 0);
  },
};

/** The scene that a step means; null where that device is asleep, or nobody is in front of it. */
export function sceneOf(world: World, step: Step): Scene | null {
  const tab = world.devices[step.who % world.devices.length]?.tab;
  if (!tab?.client.me) return null;
  const own = tab.client.conversations().map(({ id }) => id);
  const all = [...world.disk.truth.logs.values()].filter(({ kind }) => kind !== "inbox").map(({ id }) => id);
  const from = own.length > 0 && step.how % 12 !== 0 ? own.sort((a, b) => a - b) : all;
  const place = from[step.what % Math.max(1, from.length)];
  if (place === undefined) return null;
  return { world, tab, step, place, log: world.disk.truth.logs.get(place) };
}

function post({ world, tab, place }: Scene, how: number): void {
  const at = world.ledger.all.length;
  const mention = how % 5 === 0 ? "@ada and @bea " : "";
  const text = `${mention}message ${at}${how > 900 ? "x".repeat(how * 2) : ""}`;
  const { key, sent } = tab.client.post(place, text);
  const author = tab.client.me?.id ?? 0;
  const written = { author, device: tab.device.id, tab: tab.name, conversation: place, key, text };
  world.ledger.wrote(written, sent, () => world.disk.truth);
}

function personOf({ world, step }: Scene, next: number): UserId {
  return world.people[(step.how + next) % world.people.length] ?? 0;
}

/** Mostly a message of one's own. */
function targetOf({ log, tab, step }: Scene): Seq {
  const own = log?.entries.filter(({ kind, author }) => kind === "message" && author === tab.client.me?.id) ?? [];
  const target = own[own.length - 1 - (step.how % Math.max(1, own.length))];
  return target && step.how % 9 !== 0 ? target.seq : 1 + (step.how % 20);
}

/** Refusals are part of life; anything else is a bug. */
function attempt({ world, tab, step }: Scene, asked: Promise<unknown>): void {
  const waits = world.ledger.asked(tab, step.is);
  asked.then(waits, (error) => {
    waits();
    if (!(error instanceof ChatError) || error.code === "internal") {
      world.wrong(`${tab.name} could not ${step.is}: ${error?.stack ?? error}`);
    }
  });
}
