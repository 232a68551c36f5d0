import type { clientFrames } from "@parley/protocol/frames";
import fc from "fast-check";
import { lit, type Tree } from "./trees.ts";

type Schema = (typeof clientFrames)[string];

/** As much of JSON Schema as our shapes need. */
interface Shape {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  prefixItems?: Shape[];
}

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }) },
  { weight: 1, arbitrary: fc.constantFrom("@ada hello", "hello", " ", "x".repeat(8_000), "Ünïcødé", "a@b.c @@ @a.b") },
);

/** What a field of this name usually says. */
const BY_NAME: Record<string, fc.Arbitrary<Tree>> = {
  conversation: picked("conversation"),
  user: picked("user"),
  members: fc.array(picked("user"), { maxLength: 4 }).map((list) => ({ list })),
  ids: fc.array(picked("user"), { maxLength: 6 }).map((list) => ({ list })),
  conversations: fc.array(picked("conversation"), { maxLength: 4 }).map((list) => ({ list })),
  id: fc.constant({ pick: "id", n: 0 }),
  key: picked("key"),
  version: fc.constant(lit(1)),
  limit: fc.integer({ min: 1, max: 200 }).map(lit),
};

function picked(pick: Extract<Tree, { pick: string }>["pick"]): fc.Arbitrary<Tree> {
  return fc.nat(1000).map((n): Tree => ({ pick, n }));
}

/** Trees that a schema accepts, or nearly: numbers and texts that usually mean something. */
export function treesOf(schema: Schema): fc.Arbitrary<Tree> {
  return fromShape(schema.toJSONSchema({ unrepresentable: "any", io: "input" }) as Shape, "");
}

function fromShape(shape: Shape, name: string): fc.Arbitrary<Tree> {
  if (shape.const !== undefined) return fc.constant(lit(shape.const));
  const known = BY_NAME[name];
  if (known) return known;
  if (shape.enum) return fc.constantFrom(...shape.enum).map(lit);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map((one) => fromShape(one, name)));
  switch (shape.type) {
    case "object":
      return objects(shape);
    case "array":
      return arrays(shape);
    case "string":
      return text.map(lit);
    case "integer":
    case "number":
      return fc.nat(60).map(lit);
    case "boolean":
      return fc.boolean().map(lit);
    default:
      return fc.jsonValue({ maxDepth: 2 }).map(lit);
  }
}

function objects({ properties = {}, required = [] }: Shape): fc.Arbitrary<Tree> {
  const fields = Object.entries(properties).map(([name, shape]) => {
    const pair = fromShape(shape, name).map((tree): [string, Tree][] => [[name, tree]]);
    return required.includes(name) ? pair : fc.oneof(pair, fc.constant<[string, Tree][]>([]));
  });
  return fc.tuple(...fields).map((pairs): Tree => ({ pairs: pairs.flat() }));
}

function arrays({ items, prefixItems }: Shape): fc.Arbitrary<Tree> {
  if (prefixItems) return fc.tuple(...prefixItems.map((one) => fromShape(one, ""))).map((list): Tree => ({ list }));
  return fc.array(fromShape(items ?? {}, ""), { maxLength: 4 }).map((list): Tree => ({ list }));
}
