import { afterAll, expect, test } from "bun:test";
import { type Client, createClient, type Keep } from "@parley/client";
import { memoryVault } from "@parley/client/vault/memory";
import { memoryStore } from "@parley/server/store/memory/memory";
import fc from "fast-check";
import { attempt } from "../kit/deeds.ts";
import { secretOf, startNode } from "../kit/node.ts";
import { enter, expectSameAsServer, heardAll, until } from "../kit/replicas.ts";
import { spelled } from "../kit/spelled.ts";

const store = memoryStore();
const node = startNode({ store });
afterAll(() => node.stop());
const url = node.url.replace(/^ws/, "http").replace(/\/socket$/, "");

/** What one device keeps from one life of its client to the next. */
class Device {
  readonly place = new Map<string, unknown>();
  readonly #token: string;
  readonly #kept = new Map<string, string>();
  readonly #keep: Keep = {
    get: (name) => this.#kept.get(name) ?? null,
    set: (name, value) => void (value === null ? this.#kept.delete(name) : this.#kept.set(name, value)),
  };
  #leave = () => {};
  client: Client;

  constructor(name: string) {
    this.#token = secretOf(name);
    this.client = this.#start();
  }

  /** Ends one life, and begins another on what was kept. */
  async restart(): Promise<void> {
    await this.close();
    await this.open();
  }

  async close(): Promise<void> {
    this.#leave();
    await Bun.sleep(0);
    this.client.disconnect();
  }

  async open(): Promise<void> {
    this.client = this.#start();
    this.client.connect();
    await until(this.client, () => this.client.line.is === "live");
  }

  /** What the vault holds of logs. */
  async kept(): Promise<string> {
    this.#leave();
    await Bun.sleep(0);
    return JSON.stringify([...this.place].filter(([name]) => name.startsWith("log:")));
  }

  #start(): Client {
    const leaving = (call: () => void) => {
      this.#leave = call;
    };
    const token = this.#token;
    return createClient({ url, token, keep: this.#keep, vault: memoryVault(this.place), leaving });
  }
}

const step = fc.record({
  is: fc.constantFrom("post", "post", "post", "edit", "delete", "mark", "join", "leave", "rename", "away", "restart"),
  other: fc.boolean(),
  target: fc.nat(40),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

let worlds = 0;
/** Two people and a device of one of them. */
class Stage {
  readonly device: Device;
  other: Client;
  readonly room: number;
  away = false;

  constructor(device: Device, other: Client, room: number) {
    this.device = device;
    this.other = other;
    this.room = room;
  }

  static async open(): Promise<Stage> {
    const letters = spelled(++worlds);
    const other = await enter(node.url, `bea of ${letters}`);
    const { id } = await other.createRoom({ name: "First" });
    const mine = await enter(node.url, `ada of ${letters}`);
    await mine.join(id);
    mine.disconnect();
    const device = new Device(`ada of ${letters}`);
    await device.open();
    return new Stage(device, other, id);
  }

  async play({ is, other, target }: Step): Promise<void> {
    const { device } = this;
    if (is === "restart") return this.away ? undefined : device.restart();
    if (is === "away") {
      await (this.away ? device.open() : device.close());
      this.away = !this.away;
      return;
    }
    const by = other || this.away ? this.other : device.client;
    if (is !== "leave" || by !== this.other) await attempt(by, this.room, is, target);
  }

  async rest(): Promise<void> {
    if (this.away) await this.device.open();
    this.away = false;
    await heardAll(this.device.client, store);
  }
}

test("[SDK32] what is kept and what comes after it equal what the server has, whatever happened between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const stage = await Stage.open();
      for (const one of steps) await stage.play(one);
      await stage.rest();
      await stage.device.restart();
      await stage.rest();
      await expectSameAsServer(stage.device.client, store);
      await expectNothingErased(stage);
      await stage.device.close();
      stage.other.disconnect();
    }),
    { numRuns: 60 },
  );
  expect(node.faults).toEqual([]);
}, 120_000);

/** The vault holds no text that the server does not hold. */
async function expectNothingErased({ device, room }: Stage): Promise<void> {
  const entries = await store.entries(room, 0, 10_000, 1 << 24);
  const held = new Set(JSON.stringify(entries).match(/text \d+;/g));
  const kept = (await device.kept()).match(/text \d+;/g) ?? [];
  expect(kept.filter((text) => !held.has(text))).toEqual([]);
}
