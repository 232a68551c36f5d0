import { lineOf, strip } from "./strip.ts";

/** One `import` or `export … from`, in any of their forms. */
export interface Import {
  specifier: string;
  line: number;
  /** Gone at run time: `import type`, `export type … from`, or a type in `import("…")` position. */
  typeOnly: boolean;
}

const FROM = /\b(?:import|export)\s+(type\s+(?!from\b))?(?:[\w$*\s{},]*?\s*\bfrom\s*)?§/g;
const CALL = /(typeof\s+)?\b(?:import|require)\s*\(\s*§/g;

/** Every import of a source text; a dynamic one counts as one of run time. */
export function importsOf(source: string): Import[] {
  const { code, literals } = strip(source);
  const found = (pattern: RegExp) =>
    [...code.matchAll(pattern)].flatMap((match) => {
      const offset = match.index + match[0].length - 1;
      const literal = literals.get(offset);
      if (literal?.kind !== "string") return [];
      return [{ specifier: literal.text, line: lineOf(code, match.index), typeOnly: match[1] !== undefined }];
    });
  return [...found(FROM), ...found(CALL)].sort((a, b) => a.line - b.line);
}
