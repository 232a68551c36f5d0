import { afterAll, beforeAll, expect, test } from "bun:test";
import { received } from "@parley/server/gateways/dialects/rooms/frames";
import { newRoom } from "@parley/server/gateways/dialects/rooms/table";
import fc from "fast-check";
import { jsonLike, type OldWire, objectIn, oldWires } from "../fuzz/old-wires.ts";
import { OldClient } from "../kit/old-client.ts";
import { type OldRoom, RoomsSite } from "../kit/rooms-site.ts";

let site: RoomsSite;
const { due } = oldWires(0).rooms as OldWire;

beforeAll(async () => {
  site = await RoomsSite.start({ PARLEY_RATE_LIMITS: "off" });
});
afterAll(() => site.stop());

/** What a body is due, by the rule of names alone. */
function dueToBody(text: string): number[] {
  if (Buffer.byteLength(text) > 128 * 1024) return [413];
  const name = objectIn(text)?.name;
  if (typeof name !== "string" || name === "" || !name.isWellFormed() || [...name].length > 100) return [422];
  return /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name) ? [422] : [201, 400];
}

test("[DIA75] rooms: whatever the body, a room is made of exactly the name in it, or the body is refused", async () => {
  const body = jsonLike(newRoom);
  const property = fc.asyncProperty(body, async (text) => {
    const due = dueToBody(text);
    const answer = await site.ask("POST", "", text);
    expect(due).toContain(answer.status);
    if (answer.status === 201) expect(((await answer.json()) as OldRoom).name).toBe(objectIn(text)?.name as string);
  });
  await fc.assert(property, { numRuns: 1_000 });
  const { rooms, count } = (await (await site.ask("GET", "")).json()) as { rooms: OldRoom[]; count: number };
  expect(new Set(rooms.map(({ name }) => name)).size).toBe(count);
  expect(count).toBeGreaterThan(50);
}, 60_000);

test("[DIA75] rooms: whatever the frame, it is said as it stands, ignored, or the end of its socket alone", async () => {
  const room = await site.room("Nonsense");
  const watcher = await site.enter(room.id, "watcher");
  const frame = fc.oneof(jsonLike(received.message.schema), jsonLike(received.typing.schema));
  const property = fc.asyncProperty(frame, async (text) => {
    const owed = due(text);
    const client = await OldClient.open(site.address(room.id, "clumsy"));
    await client.next();
    client.say(text);
    if (typeof owed === "object" && "ends" in owed) return void expect((await client.end()).code).toBe(owed.ends);
    client.say({ content: "still here" });
    const heard = typeof owed === "object" ? [owed.says, "still here"] : ["still here"];
    for (const content of heard) expect((await client.json()).content).toBe(content);
    await client.leave();
  });
  await fc.assert(property, { numRuns: 400 });
  watcher.say({ content: "undisturbed" });
  for (let content: unknown; content !== "undisturbed"; ) ({ content } = await watcher.json());
  await watcher.leave();
}, 60_000);
