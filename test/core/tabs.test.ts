import { afterAll, expect, test } from "bun:test";
import { type Client, createClient } from "@parley/client";
import { sharedSockets } from "@parley/client/tabs/socket";
import { FakeBrowser, type FakeTab } from "@parley/client/testing/browser";
import { systemClock } from "@parley/server/observe/clock";
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

interface Tab {
  at: FakeTab;
  client: Client;
}

/** One person's browser, and how many sockets it has open. */
class Browser {
  readonly tabs: Tab[] = [];
  readonly #browser = new FakeBrowser();
  readonly #token: string;
  readonly #open = new Set<WebSocket>();

  constructor(name: string) {
    this.#token = secretOf(name);
  }

  get sockets(): number {
    return [...this.#open].filter(({ readyState }) => readyState <= 1).length;
  }

  async openTab(): Promise<Tab> {
    const open = this.#open;
    const counted = class extends WebSocket {
      constructor(address: string) {
        super(address);
        open.add(this);
      }
    } as unknown as typeof WebSocket;
    const at = this.#browser.open(counted, systemClock);
    const client = createClient({ url, token: this.#token, WebSocket: sharedSockets(at), random: () => 0.1 });
    client.connect();
    const tab = { at, client };
    this.tabs.push(tab);
    await live(client);
    return tab;
  }

  /** The tab is gone without a word. */
  closeTab(number: number): void {
    const [tab] = this.tabs.splice(number % this.tabs.length, 1);
    tab?.at.end();
    tab?.client.disconnect();
  }
}

function live(client: Client): Promise<void> {
  return until(client, () => client.line.is === "live");
}

const step = fc.record({
  is: fc.constantFrom(
    "post",
    "post",
    "post",
    "edit",
    "delete",
    "mark",
    "join",
    "leave",
    "rename",
    "open",
    "close",
    "cut",
  ),
  who: fc.nat(3),
  target: fc.nat(40),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

let worlds = 0;
async function play(steps: Step[]): Promise<void> {
  const letters = spelled(++worlds);
  const other = await enter(node.url, `bea of ${letters}`);
  const { id: room } = await other.createRoom({ name: "First" });
  const first = await enter(node.url, `ada of ${letters}`);
  await first.join(room);
  await first.openDirect(other.me?.id ?? 0);
  first.disconnect();
  const browser = new Browser(`ada of ${letters}`);
  await browser.openTab();
  await browser.openTab();
  for (const one of steps) {
    if (one.is === "open" && browser.tabs.length < 4) await browser.openTab();
    else if (one.is === "close" && browser.tabs.length > 1) browser.closeTab(one.target);
    else if (one.is === "cut") browser.tabs[one.target % browser.tabs.length]?.client.disconnect();
    else {
      const by = one.who === 3 ? other : browser.tabs[one.who % browser.tabs.length]?.client;
      by?.connect();
      await attempt(by as Client, room, one.is === "open" || one.is === "close" ? "rename" : one.is, one.target);
    }
  }
  for (const { client } of browser.tabs) {
    client.connect();
    await live(client);
    await heardAll(client, store);
    await expectSameAsServer(client, store);
  }
  expect(browser.sockets).toBe(1);
  for (const { client } of browser.tabs) client.disconnect();
  other.disconnect();
}

test("[SDK38] tabs on one socket hold what the server has, whichever of them come, go, lead or lose their line", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), play), { numRuns: 40 });
  expect(node.faults).toEqual([]);
}, 120_000);
