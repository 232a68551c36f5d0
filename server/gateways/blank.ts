// What the runtime of the old servers takes for white space besides what this one does, and the one it does not.
// biome-ignore lint/suspicious/noControlCharactersInRegex: separators are white space there
const BLANK = /^[\s\u{1c}-\u{1f}\u{85}]*$/u;

/** Pure: is there nothing to read in this text? As old clients and servers see it together. */
export function isBlank(text: string): boolean {
  return BLANK.test(text);
}
