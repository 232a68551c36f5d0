/** Digits as letters that do not look alike, for names that nobody takes for each other. */
export function spelled(at: number): string {
  return [...`${at}`].map((digit) => "abcdefghkw"[Number(digit)]).join("");
}
