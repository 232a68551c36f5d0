import { expect, test } from "bun:test";
import { z } from "zod";
import { commands } from "./commands.ts";
import { entry } from "./entries.ts";
import { ERRORS } from "./errors.ts";
import { clientFrames, serverFrames } from "./frames.ts";
import { item, page } from "./messages.ts";
import { signals } from "./signals.ts";
import { PROTOCOL_VERSION, WIRE_HASH } from "./version.ts";

function shapeOf(schemas: Record<string, z.ZodType>): unknown {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema, { unrepresentable: "any" })]),
  );
}

function wireHash(): string {
  const results = Object.fromEntries(Object.entries(commands).map(([name, { result }]) => [name, result]));
  const shapes = [clientFrames, serverFrames, signals, results, { entry, item, page }].map(shapeOf);
  return new Bun.CryptoHasher("sha256")
    .update(JSON.stringify([shapes, ERRORS]))
    .digest("hex")
    .slice(0, 16);
}

test("[SOCK1] no shape on the wire changes without the version moving", () => {
  expect({ version: PROTOCOL_VERSION, hash: wireHash() }).toEqual({ version: 1, hash: WIRE_HASH });
});

test("[SOCK2] every frame that the server may say has a shape of its own, told apart by t", () => {
  const tags = [...Object.keys(serverFrames), ...Object.keys(signals)];
  expect(new Set(tags).size).toBe(tags.length);
  for (const [name, schema] of Object.entries({ ...serverFrames, ...signals })) {
    expect(schema.shape.t.value).toBe(name as never);
  }
});
