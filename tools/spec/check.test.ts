import { expect, test } from "bun:test";
import { checkSpec } from "./check.ts";

const SPEC = "# Rules\n- **[LOG1]** The log is dense.\n- **[LOG2]** The log is shared.\n";

function complaints(spec: string, ...tests: string[]): string[] {
  const source = ['import { expect, test } from "bun:test";', ...tests].join("\n");
  return checkSpec(spec, new Map([["server/core/log.test.ts", source]]));
}

test("[HOUSE6] a rule that no test quotes is told, and so is a test that quotes no known rule", () => {
  expect(complaints(SPEC, 'test("[LOG1] dense", () => {});', 'test("[LOG3] gone", () => {});')).toEqual([
    "server/core/log.test.ts:3 quotes LOG3, which SPEC.md does not have.",
    "SPEC.md has LOG2, but the name of no test quotes it.",
  ]);
});

test("[HOUSE6] a test without a rule in front of its name is told", () => {
  const found = complaints(SPEC, 'test("[LOG1] [LOG2] both", () => {});', 'test("about [LOG1]", () => {});');
  expect(found).toEqual([
    'server/core/log.test.ts:3 has a test without a rule: "about [LOG1]"; begin it with "[ABC1] ".',
  ]);
});

test("[HOUSE6] a test in a table, a template or a contract suite quotes like any other", () => {
  const inSuite =
    "export function contract(open: () => Store) {\n  test(`[LOG2] ${open.name} shares`, async () => {});\n}";
  expect(complaints(SPEC, 'test.each([["(", 1], [")", 2]])("[LOG1] dense %s", () => {});', inSuite)).toEqual([]);
  expect(complaints(SPEC, 'test.skipIf(!has(path("x")))("[LOG1][LOG2] both", () => {});')).toEqual([]);
});

test("[HOUSE6] a computed name is told, and a skipped test proves nothing", () => {
  expect(complaints("- **[LOG1]** Dense.", "for (const t of all) test(t.name, t.run);")).toEqual([
    'server/core/log.test.ts:2 computes the name of a test; write "[ABC1] …" out.',
    "SPEC.md has LOG1, but the name of no test quotes it.",
  ]);
  expect(complaints("- **[LOG1]** Dense.", 'test.skip("[LOG1] dense", () => {});')).toHaveLength(1);
});

test("[HOUSE6] an id given twice is told, and other calls named test are left alone", () => {
  expect(complaints("**[LOG1]** a\n**[LOG1]** b", 'test("[LOG1] a", () => {}); /x/.test("y");')).toEqual([
    "SPEC.md gives LOG1 to two rules.",
  ]);
});
