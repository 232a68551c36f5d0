import { afterAll, expect, test } from "bun:test";
import { memoryBus } from "@parley/server/bus/memory";
import { memoryStore } from "@parley/server/store/memory/memory";
import { startRest } from "../kit/rest.ts";

const store = memoryStore();
const bus = memoryBus();
const node = startRest({ store, bus });
afterAll(() => node.inside.stop());

const ready = async (): Promise<object> => {
  // What was found out is believed for a while.
  node.inside.state.ahead += 1_000;
  const { status, body } = await node.ask("GET", "/ready");
  return { status, ...(body as object) };
};

test("[REST14] health answers without a token", async () => {
  const { status, body } = await node.ask("GET", "/health");
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: "healthy", version: "0.0.0", active_connections: 0 });
  expect((body as { timestamp: number }).timestamp).toBeCloseTo(Date.now() / 1000, -1);
});

test("[REST14] ready says which part does not answer, and 503 where it is the store: a bus that is gone costs time only", async () => {
  expect(await ready()).toEqual({ status: 200, ready: true, store: true, bus: true, draining: false });
  store.ready = () => Promise.reject(new Error("the disk is gone"));
  expect(await ready()).toEqual({ status: 503, ready: false, store: false, bus: true, draining: false });
  store.ready = async () => {};
  bus.ready = () => Promise.reject(new Error("no bus"));
  expect(await ready()).toEqual({ status: 200, ready: true, store: true, bus: false, draining: false });
  bus.ready = async () => {};
});

test("[REST14] however often it is asked, store and bus are asked once a second", async () => {
  let asked = 0;
  store.ready = async () => void asked++;
  await ready();
  for (let i = 0; i < 20; i++) await node.ask("GET", "/ready");
  store.ready = async () => {};
  expect(asked).toBe(1);
});

test("[REST14] during a stop nothing more is accepted, and only health and figures are told", async () => {
  const { token } = await node.guest("Ada");
  node.inside.state.draining = true;
  expect(await ready()).toMatchObject({ status: 503, ready: false, draining: true });
  const refused = await node.raw("POST", "/api/rooms", { token, key: "k", body: { name: "Late" } });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: "unavailable", retry_after: 1000 }]);
  expect(await node.refusal("POST", "/api/guests", { body: { name: "Late" } })).toBe("unavailable");
  expect((await node.ask("GET", "/health")).status).toBe(200);
  node.inside.state.draining = false;
});

test("[REST14] figures count what was committed and asked", async () => {
  const { token } = await node.guest("Ben");
  type Stats = { entries: number; total_messages: number; commits: number; requests: number };
  const before = (await node.ask("GET", "/stats")).body as Stats;
  const room = await node.room(token, "Counted");
  await node.ask("POST", `/api/conversations/${room}/messages`, { token, key: "k", body: { text: "one" } });
  const after = (await node.ask("GET", "/stats")).body as Stats;
  expect(after.entries - before.entries).toBe(4);
  expect(after.total_messages - before.total_messages).toBe(1);
  expect(after.commits - before.commits).toBe(2);
  expect(after.requests - before.requests).toBe(3);
});
