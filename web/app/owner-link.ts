import { useEffect, useSyncExternalStore } from "react";
import { keep } from "./keep.ts";
import { say } from "./parts/toasts.tsx";
import { useChat } from "./session.tsx";

/** The secret of an owner link, or null: `#owner=…`. */
export function ownerSecret(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("owner") || null;
}

/** Where the client keeps who this is. */
const TOKEN = "parley.token";

async function claim(secret: string, token: string): Promise<void> {
  const answer = await fetch("/api/owner", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ secret }),
  });
  if (answer.ok) return say({ mood: "good", title: "You own this server now" });
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string };
  say({ mood: "bad", title: "This owner link did not work", text: problem.detail ?? problem.title ?? "" });
}

function onHash(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

/** Redeems an owner link once somebody is signed in. The secret leaves the address as soon as it is used. */
export function useOwnerLink(): void {
  const signedIn = useChat((client) => client.me !== null && client.line.is !== "signed_out");
  const secret = useSyncExternalStore(onHash, () => ownerSecret(location.hash));
  useEffect(() => {
    const token = keep.get(TOKEN);
    if (!signedIn || !secret || !token) return;
    history.replaceState(history.state, "", location.pathname);
    claim(secret, token).catch(() =>
      say({ mood: "bad", title: "This owner link did not work", text: "The server did not answer." }),
    );
  }, [signedIn, secret]);
}
