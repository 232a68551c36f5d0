import { expect, test } from "bun:test";
import { heldBy } from "../kit/natives.ts";
import { RoomsSite } from "../kit/rooms-site.ts";

test("[RATE5] so many rooms of nobody a minute of one address; whoever proves who they are makes more, and anybody reads", async () => {
  const site = await RoomsSite.start({ PARLEY_RATE_LIMITS: "on", PARLEY_SIGN_INS: "3" });
  const token = await heldBy(site.url, "Ann");
  expect((await site.ask("POST", "", { name: "" })).status).toBe(422);
  await site.room("one");
  const statuses: number[] = [];
  for (const name of ["two", "three", "four"]) statuses.push((await site.ask("POST", "", { name })).status);
  expect(statuses.at(-1)).toBe(429);
  const refused = await site.ask("POST", "", { name: "late" });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toEqual({ detail: expect.stringContaining("faster than the limit") });
  await site.room("Ann's", token);
  expect((await site.ask("GET", "")).status).toBe(200);
  await site.stop();
});
