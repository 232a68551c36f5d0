import { isTest, type Tree } from "../source/tree.ts";
import { functionsOf } from "./measure.ts";

const FUNCTION_BUDGET = { p90: 20, most: 40 };
const FILE_BUDGET = { source: 300, test: 500 };

/** A few lines on how large functions and files are, naming those over budget. It judges; it never fails. */
export function sizesReport(tree: Tree): string[] {
  const sources = [...tree].filter(([path, source]) => !provesOnly(path, source));
  const functions = sources.flatMap(([path, source]) => functionsOf(source).map((found) => ({ path, ...found })));
  const lengths = functions.map((found) => found.lines).sort((a, b) => a - b);
  const p90 = lengths[Math.floor(lengths.length * 0.9)] ?? 0;
  const long = functions.filter((found) => found.lines > FUNCTION_BUDGET.most).sort((a, b) => b.lines - a.lines);
  return [
    `${tree.size} files, ${functions.length} functions, nine of ten up to ${p90} lines (budget ${FUNCTION_BUDGET.p90})`,
    ...long.map(
      ({ path, line, name, lines }) => `${path}:${line} ${name}: ${lines} lines (budget ${FUNCTION_BUDGET.most})`,
    ),
    ...[...tree].flatMap(([path, source]) => largeFile(path, source)),
  ];
}

/** Tests, also those of a contract suite, are lists of cases and may be longer. */
function provesOnly(path: string, source: string): boolean {
  return isTest(path) || path.startsWith("test/") || source.includes('from "bun:test"');
}

function largeFile(path: string, source: string): string[] {
  const lines = source.split("\n").length - 1;
  const budget = provesOnly(path, source) ? FILE_BUDGET.test : FILE_BUDGET.source;
  return lines > budget ? [`${path}: ${lines} lines (budget ${budget})`] : [];
}
