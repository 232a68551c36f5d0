import { ChatError, ERRORS } from "@parley/protocol/errors";
import type { Key } from "@parley/protocol/ids";
import type { Chat } from "@parley/server/core/chat";

/** The same; keys of what it refuses for good are told, also where no client hears of it. */
export function overheard(write: Chat["write"], refused: (key: Key) => void): Chat["write"] {
  return async (...parts) => {
    try {
      return await write(...parts);
    } catch (error) {
      if (error instanceof ChatError && !ERRORS[error.code].retry) refused(parts[2].key);
      throw error;
    }
  };
}
