import type { ConversationId } from "@parley/protocol/ids";
import { useEffect, useState } from "react";
import { Conversation } from "./conversation/conversation.tsx";
import { useConversation, useName } from "./conversation/known.ts";
import { Elsewhere, NothingOpen } from "./conversation/nothing-open.tsx";
import { Dialogs } from "./dialogs/dialogs.tsx";
import { keep } from "./keep.ts";
import { goTo, useOpenConversation } from "./route.ts";
import { useChat, useClient } from "./session.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { Sidebar } from "./sidebar/sidebar.tsx";
import { useTitle } from "./title.ts";
import { lineStyle } from "./words/connection.ts";
import { calledInText } from "./words/conversations.ts";

/** The app of somebody who is in: the list, the conversation that is open, and what floats over both. */
export function Chat() {
  const open = useOpenConversation();
  const view = useChat((client) => (open === null ? undefined : client.conversation(open)));
  const line = useChat((client) => lineStyle(client.line));
  const [details, setDetails] = useState(false);
  useShortcuts();
  useLook(open);
  useReturn(open);
  const pane = open === null ? "list" : details ? "details" : "talk";

  return (
    <div className="app" data-pane={pane} data-line={line} data-details={details && view ? "open" : undefined}>
      <Sidebar selected={open} />
      <main>
        <h1 className="visually-hidden">Parley</h1>
        {open === null && <NothingOpen />}
        {open !== null && !view && <Elsewhere key={open} id={open} />}
        {view && <Conversation key={view.id} view={view} details={details} setDetails={setDetails} />}
      </main>
      <TabTitle open={open} />
      <Dialogs />
    </div>
  );
}

function TabTitle({ open }: { open: ConversationId | null }) {
  const view = useConversation(open ?? 0);
  return view ? <NamedTitle view={view} /> : <PlainTitle place={null} />;
}

function NamedTitle({ view }: { view: NonNullable<ReturnType<typeof useConversation>> }) {
  const name = useName(view);
  return <PlainTitle place={view.kind === "room" ? calledInText(view, name) : name} />;
}

function PlainTitle({ place }: { place: string | null }) {
  const mentions = useChat((client) => client.conversations().reduce((sum, view) => sum + view.mentions, 0));
  useTitle(mentions, place);
  return null;
}

/** Directs in the list whose presence is drawn there. */
const WATCHED = 20;

/** Tells the server what is on the screen: presence and typing are heard only there. */
function useLook(open: ConversationId | null): void {
  const client = useClient();
  const looked = useChat((client) => {
    const directs = client.conversations().filter((view) => view.kind === "direct");
    const ids = directs.slice(0, WATCHED).map((view) => view.id);
    return [...new Set(open === null ? ids : [open, ...ids])].join(" ");
  });
  useEffect(() => {
    client.look(looked ? looked.split(" ").map(Number) : []);
  }, [client, looked]);
}

const LAST = "parley.last-open";

/** Comes back to where one was, where there is room for a conversation beside the list. */
function useReturn(open: ConversationId | null): void {
  const client = useClient();
  const known = useChat((client) => client.conversations().length > 0);
  useEffect(() => {
    if (open !== null) return keep.set(LAST, String(open));
    // Whoever is making a room goes there when it is made.
    const busy = document.querySelector("dialog[open]") !== null;
    if (!known || busy || !matchMedia("(min-width: 640px)").matches) return;
    const last = client.conversation(Number(keep.get(LAST)));
    const to = last?.role ? last : client.conversations()[0];
    if (to) goTo(to.id, "replace");
  }, [client, open, known]);
}
