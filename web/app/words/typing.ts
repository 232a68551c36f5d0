import { joinNames, shareNames } from "./names.ts";

/** "Jonah is writing", "Jonah and Ines are writing", "Jonah, Ines and 3 others are writing"; empty for nobody. */
export function typingWords(names: readonly string[]): string {
  if (names.length === 0) return "";
  const { shown, others } = shareNames(names, 2);
  return `${joinNames(shown, others)} ${names.length === 1 ? "is" : "are"} writing`;
}
