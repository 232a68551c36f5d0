import { lineOf, strip } from "../source/strip.ts";

/** A function by its name, or by what it is handed to, and its length with both braces. */
export interface Measured {
  name: string;
  line: number;
  lines: number;
}

const BODY = /(\)|=>|\w|\]|>|\})\s*\{/g;
const NOT_A_FUNCTION = /^(if|for|while|switch|catch|with|await|of)$/;

/** Every function with a body in braces. */
export function functionsOf(source: string): Measured[] {
  const { code } = strip(source);
  return [...code.matchAll(BODY)].flatMap((match) => {
    const open = match.index + match[0].length - 1;
    const name = nameBefore(code, match.index + (match[1]?.length ?? 0), match[1] ?? "");
    if (name === undefined) return [];
    const first = lineOf(code, open);
    return [{ name, line: first, lines: lineOf(code, endOfBlock(code, open)) - first + 1 }];
  });
}

/** The name of the function whose head ends at `end`, or undefined when no function does. */
function nameBefore(code: string, end: number, last: string): string | undefined {
  const head = code.slice(Math.max(0, end - 400), end);
  if (last === "=>") return /([\w$]+)\s*(?::[^=;]*)?=\s*(?:async\s*)?[^=;{}]*=>$/.exec(head)?.[1] ?? "(a callback)";
  const list = /\)\s*(?::[^(){};=]+)?$/.exec(head);
  if (!list) return undefined;
  const open = startOfList(head, list.index);
  const called = /([\w$]+)\s*(?:<[^<>()]*>)?\s*$/.exec(head.slice(0, open))?.[1];
  return called === undefined || NOT_A_FUNCTION.test(called) ? undefined : called;
}

function startOfList(head: string, close: number): number {
  for (let i = close, depth = 0; i >= 0; i--) {
    if (head[i] === ")") depth += 1;
    if (head[i] === "(") depth -= 1;
    if (depth === 0) return i;
  }
  return 0;
}

function endOfBlock(code: string, open: number): number {
  for (let i = open, depth = 0; i < code.length; i++) {
    if (code[i] === "{") depth += 1;
    if (code[i] === "}") depth -= 1;
    if (depth === 0) return i;
  }
  return code.length;
}
