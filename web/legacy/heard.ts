/** A message. Without a time it was said now; the id is there where the protocol has one, and grows. */
export interface Said {
  by: string;
  text: string;
  at?: number;
  id?: number;
  /** How far an own message has come, where the protocol tells. */
  how?: "sent" | "delivered" | "read";
}

/** What a frame says, whatever it was written in. Times are in milliseconds. */
export type Heard =
  | ({ is: "said" } & Said)
  | { is: "came" | "went"; who: string; text: string }
  | { is: "here"; names: readonly string[] }
  | { is: "typing"; who: string }
  | { is: "note"; text: string };

/** The fields of a JSON object; null where the frame is none. */
export function fieldsOf(frame: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Text as it is; nothing where it is none. */
export function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The time in an ISO text, which is UTC where it says no zone. */
export function timeIn(value: unknown): number {
  const text = textIn(value);
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}
