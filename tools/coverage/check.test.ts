import { expect, test } from "bun:test";
import { checkCoverage } from "./check.ts";

const known = { rules: new Set(["DIA1", "WEB2"]), exists: (path: string) => path === "docs/a.md" };
const HEAD = [
  "# Coverage",
  "",
  "| a | table | elsewhere |",
  "## `plain`",
  "",
  "| line | where | proven by |",
  "|---|---|---|",
];

function check(...rows: string[]) {
  return checkCoverage([...HEAD, ...rows].join("\n"), ["plain"], known);
}

test("[HOUSE16] a line that lives somewhere and is proven is counted, and one that is open as well", () => {
  const found = check(
    "| joins are told | `docs/a.md` | DIA1, WEB2 |",
    "| later | `docs/a.md` | open |",
    "| later | – | open |",
  );
  expect(found).toEqual({ complaints: [], lines: 3, open: 2 });
});

test("[HOUSE16] a path or a rule that is not there, and a row without one, is told with its place", () => {
  const { complaints } = check(
    "| a | `docs/b.md` | DIA1 |",
    "| b | `docs/a.md` | DIA7 |",
    "| c | somewhere | DIA1 |",
    "| d | `docs/a.md` | yes |",
    "| e | `docs/a.md` |",
  );
  expect(complaints).toEqual([
    "docs/coverage.md:8 names docs/b.md, which does not exist.",
    "docs/coverage.md:9 is proven by DIA7, which SPEC.md does not have.",
    "docs/coverage.md:10 says nowhere where it lives.",
    'docs/coverage.md:11 has "yes" for a proof; write rules such as DIA1, or open.',
    "docs/coverage.md:12 is no row of a line, a place and a proof.",
  ]);
});

test("[HOUSE16] a dialect without a line, and a section of none, is told", () => {
  const page = [...HEAD, "| a | `docs/a.md` | DIA1 |", "## `plane`", "| a | `docs/a.md` | DIA1 |"].join("\n");
  expect(checkCoverage(page, ["plain", "rooms"], known).complaints).toEqual([
    "docs/coverage.md:10 stands under plane, which is no dialect.",
    "docs/coverage.md has no line of rooms.",
  ]);
});
