import { expect, test } from "bun:test";
import { clientFrames, serverFrames } from "@parley/protocol/frames";
import { operations } from "@parley/protocol/operations";
import { signals } from "@parley/protocol/signals";
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import recorded from "../../server/gateways/documents/examples.json" with { type: "json" };
import { asyncapiDocument, openapiDocument } from "../kit/documents.ts";
import { tellStory } from "./story/story.ts";

test("[API4] told again on a server of its own, every example is answered the same", async () => {
  expect(await tellStory()).toEqual(recorded as never);
});

test("[API4] every operation and every frame has an example", () => {
  expect(Object.keys(recorded.operations).sort()).toEqual(Object.keys(operations).sort());
  expect(Object.keys(recorded.frames.received).sort()).toEqual(Object.keys(clientFrames).sort());
  expect(Object.keys(recorded.frames.sent).sort()).toEqual(Object.keys({ ...serverFrames, ...signals }).sort());
});

interface Content {
  schema: object;
  example?: unknown;
}
interface Message {
  payload: object;
  examples: { payload: unknown }[];
}

/** Everything in a document that has an example. */
function* exampled(node: unknown): Generator<Content> {
  if (typeof node !== "object" || node === null) return;
  if ("schema" in node && "example" in node) yield node as Content;
  for (const inner of Object.values(node)) yield* exampled(inner);
}

test("[API4] every example in the documents has the shape that stands beside it", () => {
  const loose = { strict: false, validateFormats: false };
  const answers = new Ajv2020(loose).addSchema(openapiDocument, "openapi.json");
  const contents = [...exampled(openapiDocument.paths)];
  expect(contents.length).toBeGreaterThan(Object.keys(operations).length);
  for (const { schema, example } of contents) {
    const isRight = answers.validate(placed(schema, "openapi.json"), example);
    expect({ example, faults: isRight ? null : answers.errors }).toEqual({ example, faults: null });
  }
  const frames = new Ajv(loose).addSchema(asyncapiDocument, "asyncapi.json");
  const { messages } = asyncapiDocument.components as { messages: Record<string, Message> };
  for (const [name, { payload, examples }] of Object.entries(messages)) {
    expect({ name, some: examples.length > 0 }).toEqual({ name, some: true });
    const validate = frames.compile(placed(payload, "asyncapi.json"));
    for (const { payload: example } of examples) {
      const faults = validate(example) ? null : validate.errors;
      expect({ name, example, faults }).toEqual({ name, example, faults: null });
    }
  }
});

/** The same schema outside of its document: what it refers to stands there. */
function placed(schema: object, document: string): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${document}#/`));
}
