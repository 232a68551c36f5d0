import type { z } from "zod";
import type { CommandName } from "./commands.ts";
import { conversationOperations } from "./operations/conversations.ts";
import { memberOperations } from "./operations/members.ts";
import { messageOperations } from "./operations/messages.ts";
import { peopleOperations } from "./operations/people.ts";
import { serverOperations } from "./operations/server.ts";

/** Everything that can be asked for over HTTP, by name: routes, checks and documents come from this table. */
export const operations = {
  ...peopleOperations,
  ...conversationOperations,
  ...messageOperations,
  ...memberOperations,
  ...serverOperations,
} as const;

export type OperationName = keyof typeof operations;

/** Where a command has another name over HTTP, or why it has no request there. */
export const ELSEWHERE: Partial<Record<CommandName, OperationName | { because: string }>> = {
  update_profile: "update_me",
  find_people: "people",
  look: "presence",
  follow: "entries",
  unfollow: { because: "A request for entries ends by itself." },
};

type Fields<O, Part extends string> = O extends { [P in Part]: infer S extends z.ZodObject } ? z.infer<S> : unknown;
type Key<O> = O extends { keyed: true } ? { key: string } : unknown;

/** The arguments of one operation, as they are once path, query, body and key were understood. */
export type Input<O extends OperationName> = Omit<Fields<(typeof operations)[O], "body">, "key"> &
  Fields<(typeof operations)[O], "params"> &
  Fields<(typeof operations)[O], "query"> &
  Key<(typeof operations)[O]>;
export type Output<O extends OperationName> = z.infer<(typeof operations)[O]["result"]>;
