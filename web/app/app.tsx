import { CLOSES } from "@parley/protocol/closes";
import { useEffect, useState } from "react";
import { Chat } from "./chat.tsx";
import { useOwnerLink } from "./owner-link.ts";
import { Toasts } from "./parts/toasts.tsx";
import { MeProvider, useChat, useClient } from "./session.tsx";
import { Arriving } from "./welcome/arriving.tsx";
import { Welcome } from "./welcome/welcome.tsx";

/** The first visit, the moment of arriving, or the talk. */
export function App() {
  return (
    <>
      <Place />
      <Toasts />
    </>
  );
}

function Place() {
  const client = useClient();
  const line = useChat((client) => client.line);
  const me = useChat((client) => client.me);
  const reading = useChat((client) => client.vault === "reading");
  const [entering, setEntering] = useState(() => client.line.is === "signed_out");
  const unknown = line.is === "stopped" && line.code === CLOSES.signed_out.code;
  const outside = line.is === "signed_out" || unknown;
  useOwnerLink();
  useEffect(() => {
    if (outside) setEntering(true);
  }, [outside]);

  if (outside || entering) {
    const reason = unknown ? "You were signed out. Your drafts are kept on this device." : null;
    return <Welcome reason={reason} onIn={() => setEntering(false)} />;
  }
  // Nothing for the moment that the browser needs to say what it kept.
  if (!me) return reading ? null : <Arriving />;
  return (
    <MeProvider me={me}>
      <Chat />
    </MeProvider>
  );
}
