import { useState } from "react";
import { useChat, useClient } from "../session.tsx";
import { nameRefusal, signInRefusal } from "../words/refusals.ts";

/** The way in: by a name that one picks, or by the name and password that one has. */
export function useEntrance(onIn: () => void) {
  const client = useClient();
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function comeIn(name: string, password?: string) {
    const chosen = name.trim();
    if (!chosen) return setRefused("A name needs at least one character.");
    setBusy(true);
    setRefused(null);
    try {
      // Whoever was here before is not known to the server any more.
      if (client.me) client.signOut();
      await client.signIn(chosen, password);
      onIn();
    } catch (error) {
      const limit = client.limits.shown_name;
      setRefused(password === undefined ? nameRefusal(error, chosen, limit) : signInRefusal(error));
      setBusy(false);
    }
  }

  const stopped = useChat(({ line }) => line.is === "stopped");
  return { refused, busy: busy && !stopped, comeIn };
}
