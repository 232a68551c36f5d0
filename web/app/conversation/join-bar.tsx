import type { ConversationView } from "@parley/client/views";
import LogIn from "lucide-react/icons/log-in";
import { useState } from "react";
import { say } from "../parts/toasts.tsx";
import { useClient } from "../session.tsx";
import { refusal } from "../words/refusals.ts";

/** In place of the composer for somebody who reads a room without being in it. */
export function JoinBar({ view }: { view: ConversationView }) {
  const client = useClient();
  const [busy, setBusy] = useState(false);

  async function join() {
    setBusy(true);
    try {
      await client.join(view.id);
    } catch (error) {
      say({ mood: "bad", title: "You could not join", text: refusal(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="composer is-closed">
      <LogIn className="icon s" />
      <span className="cut">
        You are reading along.
        <span className="not-phone">
          {" "}
          Only members write in #<bdi>{view.name}</bdi>.
        </span>
      </span>
      <button type="button" className="btn primary small" disabled={busy} onClick={join}>
        Join
      </button>
    </div>
  );
}
