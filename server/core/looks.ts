import { CAPITALS, LOOKS } from "./confusables.ts";

let looks: Map<string, string> | undefined;
let capitals: Map<string, string> | undefined;

/** What a folded character looks like: `а` (Cyrillic) gives `a`, `m` gives `rn`; `undefined` for one that stands for itself. */
export function lookOf(c: string): string | undefined {
  looks ??= decode(LOOKS);
  return looks.get(c);
}

/** The few capitals that look like a Latin one while their small letter looks like another: Greek `Ν` and `ν`. */
export function capitalLookOf(c: string): string | undefined {
  capitals ??= decode(CAPITALS);
  return capitals.get(c);
}

/** The map that such a table is of: see `LOOKS`. */
function decode(table: string): Map<string, string> {
  const decoded = new Map<string, string>();
  for (const group of table.trim().split(/\s+/u)) {
    const [target = "", sources = ""] = group.split(":");
    const look = String.fromCodePoint(...target.split(".").map((code) => Number.parseInt(code, 36)));
    let source = 0;
    for (const step of sources.split(",")) {
      source += Number.parseInt(step, 36);
      decoded.set(String.fromCodePoint(source), look);
    }
  }
  return decoded;
}
