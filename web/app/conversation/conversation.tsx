import type { ConversationView, Pending } from "@parley/client/views";
import type { UserId } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import { useEffect, useMemo, useRef, useState } from "react";
import { type LogActions, LogActionsContext } from "../log/actions.ts";
import { Announcer } from "../log/announcer.tsx";
import { isSilent, lastOwn } from "../log/lines.ts";
import { MessageDetails } from "../log/message-details.tsx";
import type { MessageListHandle } from "../log/message-list.tsx";
import { MessageMenu } from "../log/message-menu.tsx";
import { RemoveMessage } from "../log/remove-message.tsx";
import type { Anchor } from "../parts/menu.tsx";
import { say } from "../parts/toasts.tsx";
import { goTo } from "../route.ts";
import { useChat, useClient, useMe } from "../session.tsx";
import { refusal } from "../words/refusals.ts";
import { BlockedBar } from "./blocked-bar.tsx";
import { Composer, type ComposerHandle } from "./composer.tsx";
import { Details } from "./details.tsx";
import { Head } from "./head.tsx";
import { JoinBar } from "./join-bar.tsx";
import { useBlockable } from "./known.ts";
import { Log } from "./log.tsx";
import { PresentPill } from "./present-pill.tsx";
import { Typing } from "./typing.tsx";

interface ConversationProps {
  view: ConversationView;
  details: boolean;
  setDetails: (open: boolean) => void;
}

type Over = { is: "menu"; message: Message; anchor: Anchor } | { is: "remove" | "details"; message: Message } | null;

/** One conversation: head, log, composer, and details beside it. */
export function Conversation({ view, details, setDetails }: ConversationProps) {
  const log = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [editing, setEditing] = useState<Message | null>(null);
  const [over, setOver] = useState<Over>(null);
  const openPerson = useOpenPerson();
  const actions = useActions({ composer, setEditing, setOver, openPerson });
  const silent = useChat((client) => isSilent(client.timeline(view.id)));
  useReadyField(composer);

  return (
    <LogActionsContext value={actions}>
      <section className="talk" aria-label="Conversation">
        <Head view={view} details={details} setDetails={setDetails} />
        <Log ref={log} view={view} atEnd={atEnd} setAtEnd={setAtEnd} />
        <Announcer view={view} />
        {details && <div className="cover" aria-hidden="true" onClick={() => setDetails(false)} />}
        <div className="foot">
          {!atEnd && !silent && <PresentPill view={view} onClick={() => log.current?.toPresent()} />}
          <Typing view={view} />
          <Foot {...{ view, silent, editing, setEditing, log, composer }} />
        </div>
      </section>
      {details && <Details view={view} onClose={() => setDetails(false)} openPerson={openPerson} />}
      <OverLog over={over} actions={actions} view={view} close={() => setOver((now) => (now === over ? null : now))} />
    </LogActionsContext>
  );
}

interface WritingProps {
  view: ConversationView;
  silent: boolean;
  editing: Message | null;
  setEditing: (message: Message | null) => void;
  log: { current: MessageListHandle | null };
  composer: { current: ComposerHandle | null };
}

/** Where one writes, or why one cannot. */
function Foot(props: WritingProps) {
  const { view } = props;
  const blockable = useBlockable(view);
  if (view.role === null) return <JoinBar view={view} />;
  return blockable?.isBlocked ? <BlockedBar view={view} user={blockable.user} /> : <Writing {...props} />;
}

function Writing({ view, silent, editing, setEditing, log, composer }: WritingProps) {
  const client = useClient();
  const me = useMe();
  return (
    <Composer
      ref={composer}
      view={view}
      silent={silent}
      editing={editing}
      setEditing={setEditing}
      onEditLast={() => {
        const last = lastOwn(client.timeline(view.id), me.id);
        if (last) setEditing(last);
      }}
      onEscape={() => {
        log.current?.toPresent();
        client.markRead(view.id, view.head);
      }}
      onPosted={() => log.current?.toPresent()}
    />
  );
}

interface OverLogProps {
  over: Over;
  actions: LogActions;
  view: ConversationView;
  close: () => void;
}

function OverLog({ over, actions, view, close }: OverLogProps) {
  if (over?.is === "menu") {
    return <MessageMenu message={over.message} view={view} anchor={over.anchor} actions={actions} onClose={close} />;
  }
  if (over?.is === "details") return <MessageDetails message={over.message} view={view} onClose={close} />;
  if (over?.is === "remove") return <RemoveMessage message={over.message} conversation={view.id} onClose={close} />;
  return null;
}

/** Opens the direct conversation with a person, or says why not. */
function useOpenPerson(): (user: UserId) => void {
  const client = useClient();
  return useMemo(
    () => (user) => {
      client.openDirect(user).then(
        (opened) => goTo(opened.id),
        (error) => say({ mood: "bad", title: "This conversation could not be opened", text: refusal(error) }),
      );
    },
    [client],
  );
}

interface ActionParts {
  composer: { current: ComposerHandle | null };
  setEditing: (message: Message | null) => void;
  setOver: (over: Over) => void;
  openPerson: (user: UserId) => void;
}

function useActions({ composer, setEditing, setOver, openPerson }: ActionParts): LogActions {
  const client = useClient();
  return useMemo(
    () => ({
      edit: setEditing,
      remove: (message: Message) => setOver({ is: "remove", message }),
      details: (message: Message) => setOver({ is: "details", message }),
      openMenu: (message: Message, anchor: Anchor) => setOver({ is: "menu", message, anchor }),
      openPerson,
      takeBack(pending: Pending) {
        client.discard(pending.key);
        composer.current?.put(pending.text);
      },
    }),
    [client, composer, setEditing, setOver, openPerson],
  );
}

/** Where there is a keyboard, the field is ready when the conversation opens. */
function useReadyField(composer: { current: ComposerHandle | null }): void {
  useEffect(() => {
    const typed = matchMedia("(hover: hover) and (min-width: 640px)").matches;
    if (typed && !document.querySelector("dialog[open]")) composer.current?.focus();
  }, [composer]);
}
