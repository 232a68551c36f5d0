import { expect, test } from "bun:test";
import { hmacDigests } from "../auth/digests.ts";
import { keysOf } from "./keys.ts";

test("[DIA116] keys of one run are never made twice, nor by a run that began at the same moment, and may be taken by anybody", () => {
  const runs = Array.from({ length: 2 }, () => keysOf({ now: () => 1_800_000_000_000 }, hmacDigests("secret")));
  const keys = runs.flatMap((next) => Array.from({ length: 1_000 }, next));
  expect(new Set(keys).size).toBe(2_000);
  for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_.:-]{1,64}$/);
});
