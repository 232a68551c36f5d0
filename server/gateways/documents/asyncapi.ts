import { type JsonSchema, Shapes } from "./shapes.ts";
import type { Address, Frames, Wire } from "./wire.ts";

const ABOUT = `The sockets of this server: Parley's own protocol, and those of other systems whose clients work here
unchanged. Seen from the server: what it *receives* is what a client says.`;

/** Pure: the AsyncAPI 3.0 document of these wires. */
export function asyncapi(version: string, wires: readonly Wire[]): JsonSchema {
  const shapes = new Shapes("draft-7");
  const channels: JsonSchema = {};
  const operations: JsonSchema = {};
  const messages: JsonSchema = {};
  for (const wire of wires) {
    const received = messagesOf(shapes, wire, "Received");
    const sent = messagesOf(shapes, wire, "Sent");
    Object.assign(messages, received, sent);
    for (const [i, address] of wire.addresses.entries()) {
      const channel = `${wire.name}${i === 0 ? "" : i + 1}`;
      channels[channel] = channelOf(wire, address, [...Object.keys(received), ...Object.keys(sent)]);
      operations[`${channel}Receive`] = operationOf("receive", channel, Object.keys(received));
      operations[`${channel}Send`] = operationOf("send", channel, Object.keys(sent));
    }
  }
  return {
    asyncapi: "3.0.0",
    info: { title: "Parley", version, description: ABOUT, license: { name: "MIT" } },
    defaultContentType: "application/json",
    servers: { here: HERE },
    channels,
    operations,
    components: { messages, schemas: shapes.components },
  };
}

const HERE = {
  host: "{host}",
  protocol: "ws",
  description: "This server; with TLS the protocol is wss.",
  variables: { host: { default: "localhost:8000" } },
};

type Side = "Received" | "Sent";

function messagesOf(shapes: Shapes, wire: Wire, side: Side): JsonSchema {
  const frames = side === "Received" ? wire.received : wire.sent;
  const refs = Object.fromEntries(
    Object.entries(frames).map(([name, { schema, about, result }]) => {
      const shape = side === "Received" ? shapes.received(schema) : shapes.sent(schema);
      const answer = result && { "x-result": shapes.sent(result) };
      return [name, shapes.component(`${wire.name}${side}_${name}`, { description: about, ...answer, ...shape })];
    }),
  );
  if (wire.batches) return { [wire.name + side]: batchOf(wire, side, frames, refs) };
  return Object.fromEntries(
    Object.entries(frames).map(([name, { about, schema, examples }]) => [
      `${wire.name}${side}_${name}`,
      {
        name,
        summary: about,
        ...(isText(schema) ? { contentType: "text/plain" } : {}),
        payload: refs[name],
        examples: examples.map((payload) => ({ payload })),
      },
    ]),
  );
}

/** A plain text is no JSON. */
function isText(schema: { type?: string }): boolean {
  return schema.type === "string";
}

function batchOf(wire: Wire, side: Side, frames: Frames, refs: Record<string, JsonSchema>): JsonSchema {
  return {
    name: `${wire.name}${side}`,
    summary:
      side === "Received" ? "What a client says: an array of frames." : "What the server says: an array of frames.",
    payload: { type: "array", items: { oneOf: Object.values(refs) } },
    examples: Object.entries(frames).flatMap(([name, { examples }]) =>
      examples.map((frame) => ({ name, payload: [frame] })),
    ),
  };
}

function channelOf(wire: Wire, { path, params = {}, query = {} }: Address, messages: string[]): JsonSchema {
  const parameters = Object.fromEntries(Object.entries(params).map(([name, description]) => [name, { description }]));
  const properties = Object.fromEntries(
    Object.entries(query).map(([name, description]) => [name, { type: "string", description }]),
  );
  return {
    address: path,
    title: wire.title,
    description: wire.about,
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    ...(Object.keys(params).length > 0 ? { parameters } : {}),
    ...(Object.keys(query).length > 0 ? { bindings: { ws: { query: { type: "object", properties } } } } : {}),
  };
}

function operationOf(action: "receive" | "send", channel: string, messages: string[]): JsonSchema {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: messages.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
