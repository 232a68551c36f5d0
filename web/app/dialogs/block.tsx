import type { UserId } from "@parley/protocol/ids";
import { useChat, useClient } from "../session.tsx";
import { Confirm } from "./confirm.tsx";
import { closeDialog } from "./open.ts";

/** Asks before somebody is blocked. */
export function Block({ user }: { user: UserId }) {
  const client = useClient();
  const name = useChat((chat) => chat.person(user)?.name) ?? "this person";
  return (
    <Confirm
      title={`Block ${name}?`}
      act="Block"
      failed={`${name} is not blocked`}
      onClose={closeDialog}
      run={() => client.block(user)}
    >
      <p>
        Neither of you can write to the other in your direct messages until you unblock them. You still see each other
        in rooms and groups.
      </p>
    </Confirm>
  );
}
