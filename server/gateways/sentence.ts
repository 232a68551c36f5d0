import type { ChatError } from "@parley/protocol/errors";

/** Pure: a refusal as a person reads it, with when to try again where that is known. */
export function sentenceOf({ message, retryAfter }: Pick<ChatError, "message" | "retryAfter">): string {
  return retryAfter === undefined ? message : `${message} Try again in ${Math.ceil(retryAfter / 1000)} s.`;
}
