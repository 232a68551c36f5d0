import { FAULTLESS } from "./bus.ts";
import type { Device } from "./device.ts";
import type { Moment, SimulatedNode } from "./node.ts";
import type { Mishap, Step } from "./plan.ts";
import type { World } from "./world.ts";

/** Where a mishap strikes. */
interface Scene {
  world: World;
  step: Step;
  device: Device;
  node: SimulatedNode | undefined;
}

const DAY = 86_400_000;
const MOMENTS: readonly (Moment | null)[] = [null, "before commit", "after commit", "while announcing"];

/** What happens to devices, lines, servers, bus and disk. */
export const MISHAPS: Record<Mishap, (scene: Scene) => void> = {
  tear({ device }) {
    for (const wire of wiresOf(device)) wire.tear();
  },
  halfOpen({ device, step }) {
    for (const wire of wiresOf(device)) {
      if (step.how % 3 !== 0) wire.up.dead = true;
      if (step.how % 3 !== 1) wire.down.dead = true;
    }
  },
  offline({ device }) {
    device.setOnline(!device.online);
  },
  sleep({ device, step }) {
    if (device.asleep) device.wake(step.how % 2 ? DAY : 0);
    else device.sleep();
  },
  closeTab({ device }) {
    if (device.tab) device.tab.close();
    else if (!device.asleep) device.open().client.connect();
  },
  secondTab({ device }) {
    if (device.asleep || device.tabs.filter((tab) => tab.alive).length > 1) return;
    device.shared = true;
    device.open().client.connect();
  },
  slowReader({ world, device, step }) {
    for (const wire of wiresOf(device)) wire.down.stalledUntil = world.time.now + step.how * 60;
  },
  disconnect({ device }) {
    const { tab } = device;
    if (tab?.client.line.is === "stopped") tab.client.connect();
    else tab?.client.disconnect();
  },
  crash({ world, node, step }) {
    if (!node) return;
    node.doomed = MOMENTS[step.how % MOMENTS.length] ?? null;
    if (node.doomed === null) node.crash();
    world.time.after(step.what * 20, () => world.startAll());
  },
  stop({ world, node, step }) {
    node?.stop();
    world.time.after(step.what * 20, () => world.startAll());
  },
  power({ world, step }) {
    world.crashAll();
    world.disk.reopen(world.disk.length, world.disk.store.epoch);
    world.time.after(step.what * 10, () => world.startAll());
  },
  restore({ world, step }) {
    world.rewind(lengthOf(world, step), world.newEpoch());
    world.time.after(step.what * 10, () => world.startAll());
  },
  loseTail({ world, step }) {
    world.lostTail = true;
    world.rewind(lengthOf(world, step), world.disk.store.epoch);
    world.time.after(step.what * 10, () => world.startAll());
  },
  outage({ world, step }) {
    world.disk.out = true;
    world.time.after(step.how * 20, () => {
      world.disk.out = false;
    });
  },
  lossyBus({ world, step }) {
    const { faults } = world.bus;
    if (faults.drop > 0 || faults.repeat > 0) Object.assign(faults, FAULTLESS);
    else Object.assign(faults, { drop: (step.how % 10) / 10, repeat: (step.what % 10) / 10, delay: step.who % 60 });
  },
  partition({ world, node }) {
    if (!node) return;
    const { apart } = world.bus.faults;
    if (!apart.delete(node.id)) apart.add(node.id);
  },
  clock({ device, node, step }) {
    const by = (step.how - 500) * 3_000;
    if (step.what % 2 && node) node.ahead += by;
    else device.ahead += by;
  },
};

export function mishapAt(world: World, step: Step): Scene {
  const device = world.devices[step.who % world.devices.length] as Device;
  const living = world.living();
  return { world, step, device, node: living[step.who % Math.max(1, living.length)] };
}

function wiresOf(device: Device) {
  return device.tabs.flatMap((tab) => [...tab.wires]);
}

/** Mostly a little earlier, and never before everybody was there. */
function lengthOf({ disk, beginning }: World, { how }: Step): number {
  const back = how % 4 === 0 ? how : how % 12;
  return Math.max(beginning, disk.length - back);
}
