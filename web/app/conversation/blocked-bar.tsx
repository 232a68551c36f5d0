import type { ConversationView } from "@parley/client/views";
import type { UserId } from "@parley/protocol/ids";
import Ban from "lucide-react/icons/ban";
import { useState } from "react";
import { say } from "../parts/toasts.tsx";
import { useClient } from "../session.tsx";
import { refusal } from "../words/refusals.ts";
import { useName } from "./known.ts";

/** In place of the composer while one blocks the other one of a direct. */
export function BlockedBar({ view, user }: { view: ConversationView; user: UserId }) {
  const unblock = useUnblock(user);
  const name = useName(view);
  const [busy, setBusy] = useState(false);

  async function go() {
    setBusy(true);
    await unblock();
    setBusy(false);
  }

  return (
    <div className="composer is-closed">
      <Ban className="icon s" />
      <span>
        You blocked <bdi>{name}</bdi>. Unblock to write.
      </span>
      <button type="button" className="btn small" disabled={busy} onClick={go}>
        Unblock
      </button>
    </div>
  );
}

/** Takes somebody off the block list, or says why not. */
export function useUnblock(user: UserId): () => Promise<void> {
  const client = useClient();
  return async () => {
    try {
      await client.unblock(user);
    } catch (error) {
      say({ mood: "bad", title: "They are still blocked", text: refusal(error) });
    }
  };
}
