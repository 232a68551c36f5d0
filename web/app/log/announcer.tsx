import type { ConversationView } from "@parley/client/views";
import { useEffect, useRef, useState } from "react";
import { useChat, useClient, useMe } from "../session.tsx";

/** Reads new messages of others aloud, once each, and nothing that was loaded from before. */
export function Announcer({ view }: { view: ConversationView }) {
  const client = useClient();
  const me = useMe();
  const last = useChat((client) => client.timeline(view.id).rows.at(-1));
  const from = useRef(view.head);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (last?.kind !== "message" || last.seq <= from.current) return;
    from.current = last.seq;
    if (last.author === me.id || last.text === null) return;
    setWords(`${client.person(last.author)?.name ?? "Somebody"}: ${last.text}`);
  }, [last, client, me.id]);
  return (
    <div className="visually-hidden" aria-live="polite" data-role="announcer">
      {words}
    </div>
  );
}
