// What the runtime of the old servers takes for white space besides what this one does, and the one it does not.
const BLANK = /^[\s\u001c-\u001f\u0085]*$/u;
const EDGES = /^[\s\u001c-\u001f\u0085]+|[\s\u001c-\u001f\u0085]+$/gu;

/** Pure: is there nothing to read in this text? As old clients and servers see it together. */
export function isBlank(text: string): boolean {
  return BLANK.test(text);
}

/** Pure: the text without white space at its ends. */
export function stripped(text: string): string {
  return text.replace(EDGES, "");
}
