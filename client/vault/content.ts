import type { Key, Time } from "@parley/protocol/ids";
import { type Draft, isDraft } from "../drafts.ts";
import { Log } from "../log.ts";
import type { Person } from "../views.ts";
import { isRecord, savedLogFrom } from "./saved.ts";

/** Moves when something kept changes its meaning: what has another number is dropped. */
const FORMAT = 1;

/** Whose a value is, and in which form. */
export interface Stamp {
  format: number;
  owner: string;
}

/** What one person's vault held, as far as it can be understood. */
export interface Content {
  /** Null where nothing of the replica can be used. */
  replica: { epoch: string; inbox: number; me: Person; heardAt: Time; logs: Log[] } | null;
  people: Person[];
  /** In the order of writing. */
  drafts: { draft: Draft; place: number }[];
  /** Names of what is of no use to this person. */
  useless: string[];
}

export function stampOf(owner: string): Stamp {
  return { format: FORMAT, owner };
}

/** Sorts what was read into what can be used by its owner, and what is of no use. */
export function contentOf(values: ReadonlyMap<string, unknown>, owner: string): Content {
  const content: Content = { replica: replicaOf(values.get("replica"), owner), people: [], drafts: [], useless: [] };
  for (const [name, value] of values) {
    if (name !== "replica" && !take(content, name, value, owner)) content.useless.push(name);
  }
  if (!content.replica && values.has("replica")) content.useless.push("replica");
  content.drafts.sort((one, other) => one.place - other.place);
  return content;
}

/** False where it is of no use. What was kept may be anything: a broken value must cost nothing but itself. */
function take(content: Content, name: string, value: unknown, owner: string): boolean {
  if (!isOf(value, owner)) return false;
  const [kind] = name.split(":");
  if (kind === "draft") return takeDraft(content, value);
  if (!content.replica || value.epoch !== content.replica.epoch) return false;
  if (kind === "log") return takeLog(content.replica.logs, value.log);
  if (kind !== "person" || !isPerson(value.person)) return false;
  content.people.push(value.person);
  return true;
}

function takeLog(logs: Log[], value: unknown): boolean {
  const saved = savedLogFrom(value);
  if (saved) logs.push(Log.restore(saved));
  return saved !== null;
}

function takeDraft(content: Content, { draft, place }: Record<string, unknown>): boolean {
  const sound = isDraft(draft) && typeof place === "number";
  if (sound) content.drafts.push({ draft, place });
  return sound;
}

function replicaOf(value: unknown, owner: string): Content["replica"] {
  if (!isOf(value, owner) || !isPerson(value.me)) return null;
  const { epoch, inbox, me, heardAt } = value;
  const sound = typeof epoch === "string" && [inbox, heardAt].every(Number.isSafeInteger);
  return sound ? { epoch, inbox: inbox as number, me, heardAt: heardAt as Time, logs: [] } : null;
}

function isOf(value: unknown, owner: string): value is Record<string, unknown> {
  return isRecord(value) && value.format === FORMAT && value.owner === owner;
}

function isPerson(value: unknown): value is Person {
  if (!isRecord(value) || !Number.isSafeInteger(value.id)) return false;
  return [value.name, value.handle, value.kind, value.role].every((text) => typeof text === "string");
}

/** The name under which each thing is kept. */
export const nameOf = {
  log: (id: number) => `log:${id}`,
  person: (id: number) => `person:${id}`,
  draft: (key: Key) => `draft:${key}`,
};
