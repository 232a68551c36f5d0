import type { Store } from "../core/ports.ts";

/** Puts a question to a database; what circumstances prevent is `unavailable`. */
export type Ask = <T>(question: () => T | Promise<T>) => Promise<T>;

/** What a store is asked by its name: everything in it that answers. */
type Question = {
  [K in keyof Store]: Store[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Store];

/** What answers questions of these names, at once or later. */
type Answering<Name extends Question> = {
  [K in Name]: (...args: Parameters<Store[K]>) => ReturnType<Store[K]> | Awaited<ReturnType<Store[K]>>;
};

/** What is asked about logs, people, how they come in, and all else that is only read. */
export const LOGS = ["entries", "entry", "located", "stretch"] as const satisfies Question[];
export const PEOPLE = [
  "enrol",
  "openPerson",
  "numberedPerson",
  "house",
  "userByToken",
  "users",
  "usersByHandle",
  "findUsers",
  "updateProfile",
] as const satisfies Question[];
export const ACCESS = ["passwordOf", "claimant", "addToken", "hasToken"] as const satisfies Question[];
export const READS = [
  "conversation",
  "member",
  "standing",
  "sight",
  "memberships",
  "spans",
  "members",
  "marks",
  "rooms",
  "roomNamed",
  "direct",
  "heads",
  "unread",
  "reached",
  "reachedBy",
] as const satisfies Question[];

/** These questions of a store, each put to whoever answers it by `ask`. */
export function asked<Name extends Question>(
  ask: Ask,
  answering: Answering<Name>,
  names: readonly Name[],
): Pick<Store, Name> {
  const questions = names.map((name) => {
    const question = answering[name] as (...args: unknown[]) => unknown;
    return [name, (...args: unknown[]) => ask(() => question.apply(answering, args))];
  });
  return Object.fromEntries(questions);
}
