/** Source text with comments blanked and every literal replaced by a mark, so that plain patterns can read it. */
export interface Stripped {
  /** As long as the source, line for line; a literal is `§` at its first character, then blanks. */
  code: string;
  /** The text of each literal by the offset of its mark. */
  literals: Map<number, Literal>;
}

/** A string, template or regular expression, without its quotes. */
export interface Literal {
  kind: "string" | "template" | "regex";
  text: string;
}

export const MARK = "§";

/** Reads TypeScript just well enough to tell code from comments and literals; JSX text may cost the rest of its line. */
export function strip(source: string): Stripped {
  const reader = new Reader(source);
  while (reader.at < source.length) reader.step();
  return { code: reader.code, literals: reader.literals };
}

const BEFORE_REGEX = /(^|[([{};,=:!&|?+\-*%~^<>]|\b(return|typeof|case|in|of|do|else|await|yield))\s*$/;

class Reader {
  at = 0;
  code = "";
  readonly literals = new Map<number, Literal>();
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  step(): void {
    const here = this.source[this.at] ?? "";
    const two = this.source.slice(this.at, this.at + 2);
    if (two === "//") this.blankTo(this.indexOr("\n", this.at));
    else if (two === "/*") this.blankTo(this.indexOr("*/", this.at + 2) + 2);
    else if (here === '"' || here === "'") this.literal("string", this.endOfString(here));
    else if (here === "`") this.literal("template", this.endOfTemplate(this.at + 1));
    else if (here === "/" && BEFORE_REGEX.test(this.code.slice(-40))) this.literal("regex", this.endOfRegex());
    else this.copy(here);
  }

  private copy(character: string): void {
    this.code += character;
    this.at += 1;
  }

  private blankTo(end: number): void {
    const stop = Math.min(end, this.source.length);
    this.code += this.source.slice(this.at, stop).replace(/[^\n]/g, " ");
    this.at = stop;
  }

  /** `end` is just behind the closing quote. */
  private literal(kind: Literal["kind"], end: number): void {
    const start = this.at;
    this.literals.set(start, { kind, text: this.source.slice(start + 1, end - 1) });
    this.blankTo(end);
    this.code = `${this.code.slice(0, start)}${MARK}${this.code.slice(start + 1)}`;
  }

  // An apostrophe in JSX text opens no string: one that does not close on its line is taken to end with the line.
  private endOfString(quote: string): number {
    for (let i = this.at + 1; i < this.source.length; i++) {
      const character = this.source[i];
      if (character === "\\") i += 1;
      else if (character === quote) return i + 1;
      else if (character === "\n") return i;
    }
    return this.source.length;
  }

  private endOfTemplate(from: number): number {
    for (let i = from; i < this.source.length; i++) {
      if (this.source[i] === "\\") i += 1;
      else if (this.source[i] === "`") return i + 1;
      else if (this.source.startsWith("${", i)) i = this.endOfHole(i + 2) - 1;
    }
    return this.source.length;
  }

  private endOfHole(from: number): number {
    for (let i = from, depth = 1; i < this.source.length; i++) {
      if (this.source[i] === "`") i = this.endOfTemplate(i + 1) - 1;
      else if (this.source[i] === "{") depth += 1;
      else if (this.source[i] === "}") depth -= 1;
      if (depth === 0) return i + 1;
    }
    return this.source.length;
  }

  private endOfRegex(): number {
    for (let i = this.at + 1, inClass = false; i < this.source.length; i++) {
      const character = this.source[i];
      if (character === "\\") i += 1;
      else if (character === "\n") return this.at + 1;
      else if (character === "[") inClass = true;
      else if (character === "]") inClass = false;
      else if (character === "/" && !inClass) return i + 1;
    }
    return this.source.length;
  }

  private indexOr(text: string, from: number): number {
    const found = this.source.indexOf(text, from);
    return found < 0 ? this.source.length : found;
  }
}

/** The line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < offset; i = text.indexOf("\n", i + 1)) line += 1;
  return line;
}
