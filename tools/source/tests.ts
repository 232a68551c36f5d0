import { lineOf, MARK, type Stripped, strip } from "./strip.ts";

/** A call of `test` or `it`, with its name when that is written out. */
export interface NamedTest {
  name: string | undefined;
  line: number;
  /** Written as `.skip` or `.todo`: it proves nothing. */
  idle: boolean;
}

const CALL = /(?<![.\w$])(?:test|it)((?:\s*\.\s*\w+)*)\s*\(/g;
// Nothing else in this language is called like that and ends in a test.
const NO_TESTS = /^\s*\.\s*(use|extend|describe)/;

/** The tests that a source text declares, also those inside a contract suite. */
export function testsOf(source: string): NamedTest[] {
  const stripped = strip(source);
  if (![...stripped.literals.values()].some((literal) => literal.text === "bun:test")) return [];
  return [...stripped.code.matchAll(CALL)]
    .filter((match) => !NO_TESTS.test(match[1] ?? ""))
    .map((match) => ({
      name: nameAt(stripped, match.index + match[0].length),
      line: lineOf(stripped.code, match.index),
      idle: /\.\s*(skip|todo)\s*$/.test(match[1] ?? ""),
    }));
}

/** The first argument of a call, or of the call it answers, as in `test.each(table)("name", …)`. */
function nameAt({ code, literals }: Stripped, inside: number): string | undefined {
  const first = inside + (code.slice(inside).match(/^\s*/)?.[0].length ?? 0);
  if (code[first] === MARK) return literals.get(first)?.text;
  const after = endOfGroup(code, inside);
  const again = /^\s*\(/.exec(code.slice(after, after + 100));
  return again ? nameAt({ code, literals }, after + again[0].length) : undefined;
}

function endOfGroup(code: string, inside: number): number {
  for (let i = inside, depth = 1; i < code.length; i++) {
    if (code[i] === "(") depth += 1;
    if (code[i] === ")") depth -= 1;
    if (depth === 0) return i + 1;
  }
  return code.length;
}
