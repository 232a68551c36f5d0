import { DEEDS, sceneOf } from "./deeds.ts";
import type { Device } from "./device.ts";
import { Judge } from "./judge.ts";
import { MISHAPS, mishapAt } from "./mishaps.ts";
import type { Deed, Mishap, Plan, Step } from "./plan.ts";
import { type Sabotage, World } from "./world.ts";

/** What came of one seed. */
export interface Outcome {
  /** What was not as promised; empty where all was. */
  wrongs: string[];
  /** Of everything that arrived anywhere. */
  trace: number;
  steps: number;
  delivered: number;
  acknowledged: number;
}

const BEATS_TO_REST = 8;

/** Plays one plan to its end, heals the world, lets it come to rest, and judges it. */
export function play({ setting, script }: Plan, sabotage: Sabotage = {}): Outcome {
  const world = new World(setting, sabotage);
  begin(world);
  for (const step of script) {
    if (world.broken) break;
    world.run(step.wait);
    happen(world, step);
    world.run(0);
    world.watch.bounds();
  }
  if (!world.broken) end(world);
  void world.disk.store.close();
  const acknowledged = world.ledger.all.filter(({ receipt }) => receipt !== null).length;
  const { trace, delivered } = world.watch;
  return { wrongs: world.wrongs, trace, delivered, steps: world.time.steps, acknowledged };
}

/** Everybody arrives, and there is a room, a direct and a group to talk in. */
function begin(world: World): void {
  const { people } = world.setting;
  for (const device of world.devices) void device.open().client.signIn(device.name);
  world.run(20_000, () => world.tabs().every(({ client }) => client.line.is === "live"));
  world.people = world.devices.slice(0, people).map((device) => device.tab?.client.me?.id ?? 0);
  const [ada, bea, cleo] = world.devices.map((device: Device) => device.tab?.client);
  void ada?.createRoom({ name: "Everybody" }).then(({ id }) => {
    for (const device of world.devices.slice(1, people)) void device.tab?.client.join(id);
  });
  void bea?.openDirect(world.people[0] ?? 0);
  void cleo?.createGroup(world.people.slice(0, 2), "Some");
  world.run(5_000);
  world.beginning = world.disk.length;
}

function happen(world: World, step: Step): void {
  if (Object.hasOwn(MISHAPS, step.is)) return MISHAPS[step.is as Mishap](mishapAt(world, step));
  const scene = sceneOf(world, step);
  if (scene) DEEDS[step.is as Deed](scene);
}

function end(world: World): void {
  const { beat } = world.setting.limits;
  const judge = new Judge(world);
  world.heal();
  world.run(beat * BEATS_TO_REST);
  judge.replicas();
  judge.views();
  judge.messages();
  if (world.broken) return;
  for (const device of world.devices) for (const tab of device.tabs) for (const wire of tab.wires) wire.tear();
  world.run(beat * BEATS_TO_REST);
  judge.replicas();
  judge.views();
  judge.complete();
  world.watch.bounds();
}
