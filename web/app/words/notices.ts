import type { ConversationKind } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import type { UserId } from "@parley/protocol/ids";
import { shareNames } from "./names.ts";

/** One thing that happened: somebody, what they did, and to whom or what. */
export interface Happening {
  who: readonly UserId[];
  /** People who did it as well, and are not named. */
  others: number;
  did: string;
  whom: readonly UserId[];
  /** A name that the entry itself carries, such as the new name of a room. */
  what: string | null;
}

function happening(entry: Entry): Happening | null {
  const by = (did: string, whom: UserId[] = [], what: string | null = null): Happening => {
    return { who: [entry.author], others: 0, did, whom, what };
  };
  switch (entry.kind) {
    case "created":
      return by(entry.body.kind === "group" ? "started this group" : "made this room");
    case "joined":
      return entry.body.user === entry.author ? by("joined") : by("added", [entry.body.user]);
    case "left":
      return entry.body.user === entry.author ? by("left") : by("removed", [entry.body.user]);
    case "renamed":
      return by("named this room", [], entry.body.name);
    case "promoted":
      return entry.body.role === "owner" ? { ...by("owns this room now"), who: [entry.body.user] } : null;
    case "profiled":
      return by("has a new name or role");
    case "closed":
      return by("deleted this room");
    default:
      return null;
  }
}

function sameAct(a: Happening, b: Happening): boolean {
  if (a.did !== b.did || a.what !== null || b.what !== null) return false;
  return a.whom.length === 0 ? b.whom.length === 0 : a.who[0] === b.who[0];
}

function join(all: Happening[], next: Happening): Happening[] {
  const last = all.at(-1);
  if (!last || !sameAct(last, next)) return [...all, next];
  const once = (ids: readonly UserId[]) => [...new Set(ids)];
  const joined = { ...last, who: once([...last.who, ...next.who]), whom: once([...last.whom, ...next.whom]) };
  return [...all.slice(0, -1), joined];
}

/** What a run of notices says, in its order; the same act of several people is said once. */
export function happenings(entries: readonly Entry[]): Happening[] {
  const all = entries.flatMap((entry) => happening(entry) ?? []).reduce(join, [] as Happening[]);
  return all.map((one) => {
    const { shown, others } = shareNames(one.who, 2);
    return { ...one, who: shown, others };
  });
}

const COMING: readonly Entry["kind"][] = ["joined", "left"];
const MINUTE = 60_000;

/** Whether a notice stands on the same line as the one before it: comings and goings within a minute do. */
export function sharesLine(first: Entry, next: Entry): boolean {
  return COMING.includes(first.kind) && COMING.includes(next.kind) && next.time - first.time < MINUTE;
}

/** Whether a notice says something in this kind of conversation: between two people nobody comes or goes. */
export function isTold(entry: Entry, kind: ConversationKind): boolean {
  if (kind === "direct") return false;
  if (kind === "room" && entry.kind === "joined" && entry.body.role === "owner") return false;
  return happening(entry) !== null;
}
