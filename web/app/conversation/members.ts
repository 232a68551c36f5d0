import type { Member } from "@parley/client/views";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import { useCallback, useEffect, useState } from "react";
import { useChat, useClient } from "../session.tsx";

/** The members of a conversation, as far as they were asked for. */
export interface Members {
  members: readonly Member[];
  next: UserId | null;
  more: () => void;
}

/** Asks for the members while they are wanted, and again whenever their number changed. */
export function useMembers(conversation: ConversationId, count: number, wanted = true): Members {
  const client = useClient();
  const up = useChat(({ line }) => line.is === "live" || line.is === "catching_up");
  const [members, setMembers] = useState<readonly Member[]>([]);
  const [next, setNext] = useState<UserId | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another number of members means another list
  useEffect(() => {
    if (!up || !wanted) return;
    let left = false;
    client.call("list_members", { conversation }).then(
      (page) => {
        if (left) return;
        setMembers(page.members);
        setNext(page.next);
      },
      () => {},
    );
    return () => {
      left = true;
    };
  }, [client, conversation, count, up, wanted]);

  const more = useCallback(() => {
    if (next === null) return;
    client.call("list_members", { conversation, after: next }).then(
      (page) => {
        setMembers((before) => [...before, ...page.members]);
        setNext(page.next);
      },
      () => {},
    );
  }, [client, conversation, next]);

  return { members, next, more };
}
