import { expect, test } from "bun:test";
import { functionsOf } from "./measure.ts";
import { sizesReport } from "./report.ts";

test("[HOUSE7] functions and files over budget are named, the others only counted", () => {
  const body = "  work();\n".repeat(45);
  const source = `export function short(a: number): void {\n  work();\n}\nconst long = async (a: string) => {\n${body}};\n`;
  const report = sizesReport(
    new Map([
      ["server/core/chat.ts", source],
      ["client/big.ts", "// line\n".repeat(301)],
    ]),
  );
  expect(report).toEqual([
    "2 files, 2 functions, nine of ten up to 47 lines (budget 20)",
    "server/core/chat.ts:4 long: 47 lines (budget 40)",
    "client/big.ts: 301 lines (budget 300)",
  ]);
});

test("[HOUSE7] methods, callbacks and arrows count as functions; branches and objects do not", () => {
  const source = [
    "class Feed {",
    "  advance(entry: Entry): Entry[] {",
    "    if (entry.seq > 1) {",
    "      return [];",
    "    }",
    "    return entries.map((each) => {",
    "      return { each };",
    "    });",
    "  }",
    "}",
  ].join("\n");
  expect(functionsOf(source).map(({ name, lines }) => [name, lines])).toEqual([
    ["advance", 8],
    ["(a callback)", 3],
  ]);
});
