import fc from "fast-check";

/**
 * JSON that need not be what JavaScript can say: literals as they are written, objects as pairs, so that a key may be
 * there twice or be `__proto__`, and placeholders for what only exists while the server runs.
 */
export type Tree =
  | { lit: string }
  | { list: Tree[] }
  | { pairs: [string, Tree][] }
  | { pick: "conversation" | "user" | "id" | "key"; n: number };

/** Fills in a placeholder. */
export type Resolve = (pick: Extract<Tree, { pick: string }>) => string;

export const lit = (value: unknown): Tree => ({ lit: JSON.stringify(value) });

/** The text of a tree. */
export function textOf(tree: Tree, resolve: Resolve): string {
  if ("lit" in tree) return tree.lit;
  if ("pick" in tree) return resolve(tree);
  if ("list" in tree) return `[${tree.list.map((one) => textOf(one, resolve)).join(",")}]`;
  return `{${tree.pairs.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value, resolve)}`).join(",")}}`;
}

const DEEP = 5_000;
/** What nobody should take for a field of theirs. */
const LITERALS = [
  ...["null", "true", "false", "0", "-0", "1", "-1", "1.5", "-1e-7", "1e308", "1e400", "-1e400", "1E+2"],
  ...["9007199254740991", "9007199254740992", "-9007199254740992", "18446744073709551616", `1${"0".repeat(400)}`],
  ...[
    '""',
    '" "',
    '"NaN"',
    '"Infinity"',
    '"-0"',
    '"0x10"',
    '"1e3"',
    '"null"',
    '"true"',
    '"[object Object]"',
    '"1000000"',
  ],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"a\\u0000b"', '"\\u202e"', '"\\ufeff"', '"\\uffff"', '"\\r\\n"'],
  ...[
    `"${"x".repeat(8_001)}"`,
    `"${"x".repeat(100_000)}"`,
    `"${"\u{1f642}".repeat(8_000)}"`,
    `"${"e\u0301".repeat(999)}"`,
  ],
  ...[
    '"\'; DROP TABLE users; --"',
    '"../../etc/passwd"',
    '"%00"',
    '"{{7*7}}"',
    '"__proto__"',
    '"constructor"',
    '"toString"',
  ],
  ...[
    "[]",
    "{}",
    "[[]]",
    '[""]',
    "[null]",
    '{"":0}',
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{}}}',
  ],
  ...[
    "NaN",
    "undefined",
    "Infinity",
    "01",
    "1.",
    ".5",
    "'a'",
    '"\\x41"',
    '"\t"',
    "",
    ",",
    "{",
    "]",
    "/* */ 1",
    "\u2028",
  ],
  `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`,
  `[${"1,".repeat(20_000)}1]`,
];

/** Anything at all in the place of something. */
export const hostile: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LITERALS).map((text): Tree => ({ lit: text })) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map(lit) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }).map(lit) },
  { weight: 1, arbitrary: fc.maxSafeInteger().map(lit) },
  { weight: 1, arbitrary: fc.double().map((value): Tree => ({ lit: String(value) })) },
);

const STRANGE_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  "t",
  "id",
  "key",
  "then",
];

/** One change to a tree: where, what, and with what. */
export interface Mutation {
  at: number;
  does: "replace" | "remove" | "add" | "double" | "wrap";
  key: string;
  value: Tree;
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(1000),
  does: fc.constantFrom("replace", "replace", "replace", "remove", "add", "double", "wrap"),
  key: fc.oneof(fc.constantFrom(...STRANGE_KEYS), fc.string({ maxLength: 8 })),
  value: hostile,
});

/** Pure: the tree after these changes. */
export function mutated(tree: Tree, mutations: readonly Mutation[]): Tree {
  return mutations.reduce((changed, one) => change(changed, one, { left: one.at % sizeOf(changed) }), tree);
}

function sizeOf(tree: Tree): number {
  if ("list" in tree) return tree.list.reduce((sum, one) => sum + sizeOf(one), 1);
  return "pairs" in tree ? tree.pairs.reduce((sum, [, one]) => sum + sizeOf(one), 1) : 1;
}

/** Counts down to the node that is meant. */
function change(tree: Tree, mutation: Mutation, count: { left: number }): Tree {
  if (count.left-- === 0) return changeHere(tree, mutation);
  if ("list" in tree) return { list: tree.list.map((one) => change(one, mutation, count)) };
  if (!("pairs" in tree)) return tree;
  return { pairs: tree.pairs.map(([key, one]): [string, Tree] => [key, change(one, mutation, count)]) };
}

function changeHere(tree: Tree, { does, key, value, at }: Mutation): Tree {
  if (does === "wrap") return { list: [tree] };
  if ("pairs" in tree && tree.pairs.length > 0) {
    const which = at % tree.pairs.length;
    if (does === "remove") return { pairs: tree.pairs.toSpliced(which, 1) };
    if (does === "add") return { pairs: tree.pairs.toSpliced(which, 0, [key, value]) };
    if (does === "double") return { pairs: [...tree.pairs, [tree.pairs[which]?.[0] ?? key, value]] };
  }
  if ("list" in tree) {
    if (does === "remove") return { list: tree.list.slice(1) };
    if (does === "add") return { list: [...tree.list, value] };
    if (does === "double") return { list: [...tree.list, ...tree.list] };
  }
  return value;
}
