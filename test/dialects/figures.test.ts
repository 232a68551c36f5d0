import { expect, test } from "bun:test";
import { Line } from "../kit/node.ts";
import { OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley({ PARLEY_NAME_DIALECT: "plain", PARLEY_LINGER_MS: "0" });

const asked = async (path: string) => (await fetch(parley.url + path)).json();

/** What a page polls until it is so. */
async function figures(expected: object): Promise<void> {
  const late = Date.now() + 5_000;
  for (;;) {
    const stats = await asked("/stats");
    const matches = Object.entries(expected).every(([name, value]) => Bun.deepEquals(stats[name], value));
    if (matches) return;
    if (Date.now() > late) expect(stats).toMatchObject(expected);
    await Bun.sleep(100);
  }
}

test("[REST16] what pages of old clients poll counts everybody, whichever way they came in", async () => {
  const nobody = { total_connections: 0, active_users: 0, total_rooms: 0, total_messages: 0, rooms: [] };
  expect(await asked("/stats")).toMatchObject(nobody);
  const old = await OldClient.open(`${parley.url}/ws/alice`);
  await old.next();
  await figures({ total_connections: 1, active_users: 1, total_rooms: 1, total_messages: 0, rooms: ["plain"] });
  const native = await Line.enter(`${parley.url.replace("http", "ws")}/socket`, "Ben");
  old.say("hello");
  await old.next();
  await figures({ total_connections: 2, active_users: 2, total_rooms: 1, total_messages: 1, rooms: ["plain"] });
  const health = await asked("/health");
  expect(health).toMatchObject({ status: "healthy", active_connections: 2, version: expect.any(String) });
  expect(Math.abs(health.timestamp - Date.now() / 1000)).toBeLessThan(5);
  native.close();
  await old.leave();
  await figures({ ...nobody, total_messages: 1 });
});
