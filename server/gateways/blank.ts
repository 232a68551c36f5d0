// What the runtime of the old servers takes for white space besides what this one does.
// biome-ignore lint/suspicious/noControlCharactersInRegex: separators are white space there
const WHITE = /[\s\u{1c}-\u{1f}\u{85}]/u;

/** Pure: is there nothing to read in this text? As old clients and servers see it together. */
export function isBlank(text: string): boolean {
  return stripped(text) === "";
}

/** Pure: the text without the white space around it. */
export function stripped(text: string): string {
  // Hazard: one pattern for both ends would try each run of white space within the text from each of its places.
  let from = 0;
  let to = text.length;
  while (from < to && WHITE.test(text.charAt(from))) from++;
  while (to > from && WHITE.test(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}
