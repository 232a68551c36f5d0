import { receipt } from "@parley/protocol/commands";
import { conversation, mark, member, reach, roomListing } from "@parley/protocol/conversations";
import { entry } from "@parley/protocol/entries";
import { message, notice, page } from "@parley/protocol/messages";
import { digits, limit, personDigits, personDigitsList, wait } from "@parley/protocol/operation";
import { person } from "@parley/protocol/people";
import { z } from "zod";

export type JsonSchema = Record<string, unknown>;

/** The JSON Schema that a kind of document is written in. */
type Target = "draft-2020-12" | "draft-7";

/** Shapes that are met in many places, under the name that the documents give them. */
const NAMED: Record<string, z.ZodType> = {
  Person: person,
  Conversation: conversation,
  RoomListing: roomListing,
  Member: member,
  Mark: mark,
  Reach: reach,
  Receipt: receipt,
  Message: message,
  Notice: notice,
  Page: page,
  Entry: entry,
};

/** Numbers travel in addresses as digits; a reader of the documents is told the number. */
const IN_ADDRESSES = new Map<unknown, JsonSchema>([
  [digits, { type: "integer", minimum: 0 }],
  [limit, { type: "integer", minimum: 1 }],
  [wait, { type: "integer", minimum: 0, maximum: 20 }],
  [personDigits, { type: "integer" }],
  [personDigitsList, { type: "array", items: { type: "integer" } }],
]);

/** JSON Schemas of one document: what is met in many places stands once, in its components. */
export class Shapes {
  readonly components: Record<string, JsonSchema> = {};
  readonly #names = z.registry<{ id: string }>();
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
    for (const [id, schema] of Object.entries(NAMED)) this.#names.add(schema, { id });
  }

  /** What is sent has this shape. */
  sent(schema: z.ZodType): JsonSchema {
    return this.#of(schema, "output");
  }

  /** What is received must have this shape. */
  received(schema: z.ZodType): JsonSchema {
    return this.#of(schema, "input");
  }

  /** Puts a shape among the components, and answers the reference to it. */
  component(name: string, schema: JsonSchema): JsonSchema {
    this.components[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  #of(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const made = z.toJSONSchema(schema, { io, target: this.#target, metadata: this.#names, override }) as JsonSchema;
    const { $schema, $defs, definitions = $defs, ...own } = made;
    for (const [name, shape] of Object.entries((definitions as Record<string, JsonSchema>) ?? {})) {
      this.components[name] ??= placed(shape) as JsonSchema;
    }
    return placed(own) as JsonSchema;
  }
}

/** The shape of a field of an address. */
export function fieldShape(field: z.ZodType): JsonSchema {
  const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
  const known = IN_ADDRESSES.get(inner);
  if (known) return known;
  const { $schema, ...schema } = z.toJSONSchema(field, { io: "input", override }) as JsonSchema;
  return schema;
}

function override({ jsonSchema: shape }: { jsonSchema: JsonSchema }): void {
  // A client may be newer or older than the server: what it does not know it leaves alone.
  delete shape.additionalProperties;
  if (shape.maximum === Number.MAX_SAFE_INTEGER) delete shape.maximum;
  if (shape.minimum === Number.MIN_SAFE_INTEGER) delete shape.minimum;
  delete shape.id;
}

/** The same with references to where the document keeps its components. */
function placed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      name === "$ref" && typeof inner === "string"
        ? [name, inner.replace(/^#\/(\$defs|definitions)\//, "#/components/schemas/")]
        : [name, placed(inner)],
    ),
  );
}
