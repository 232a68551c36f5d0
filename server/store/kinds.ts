import type { EntryKind } from "@parley/protocol/entries";

/** What an entry's kind is stored as: its place in this list, which only grows. */
const KINDS = [
  "created",
  "joined",
  "left",
  "renamed",
  "message",
  "edited",
  "deleted",
  "closed",
  "added",
  "removed",
  "dissolved",
  "profiled",
  "promoted",
  "secured",
  "signed_out",
  "blocked",
  "unblocked",
] as const satisfies readonly EntryKind[];

const CODES = Object.fromEntries(KINDS.map((kind, code) => [kind, code])) as Record<EntryKind, number>;

export function codeOf(kind: EntryKind): number {
  return CODES[kind];
}

/** What a later version wrote while a cluster is upgraded is an entry that says nothing to anybody here. */
export function kindOf(code: number): EntryKind {
  return KINDS[code] ?? (`later_${code}` as EntryKind);
}
