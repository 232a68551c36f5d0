/** Full case folding, the same for every language: `ß` is `ss`, `ς` is `σ`, and all four Turkish i's are one. */
export function fold(text: string): string {
  // One character at a time: a whole text's lower case depends on the neighbours of Σ. Twice lower: ẞ has no capital.
  const folded = Array.from(text, (c) => c.toLowerCase().toUpperCase().toLowerCase()).join("");
  return folded.replace(/i\u0307+/gu, "i");
}
