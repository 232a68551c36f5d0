import type { MessageState } from "@parley/client/views";
import type { ConversationId } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import Copy from "lucide-react/icons/copy";
import Ellipsis from "lucide-react/icons/ellipsis";
import Pencil from "lucide-react/icons/pencil";
import Trash2 from "lucide-react/icons/trash-2";
import { type ComponentType, type KeyboardEvent, type MouseEvent, memo } from "react";
import { Avatar, Name, OpenMark } from "../parts/avatar.tsx";
import { copy } from "../parts/copy.ts";
import { useMe } from "../session.tsx";
import { clock, shortClock } from "../words/times.ts";
import { useLogActions } from "./actions.ts";
import { useLongPress } from "./long-press.ts";
import { MessageText } from "./message-text.tsx";
import { Reached } from "./state.tsx";

interface MessageProps {
  conversation: ConversationId;
  message: Message;
  first: boolean;
  state: MessageState | null;
  lineKey: string;
  /** Whether this is the one message that Tab leads to. */
  active: boolean;
}

/** One message of the log: the head of its group, its text, and how far it has come. */
export const MessageLine = memo(function MessageLine(props: MessageProps) {
  const { conversation, message, first, state, lineKey, active } = props;
  const me = useMe();
  const actions = useLogActions();
  const press = useLongPress((anchor) => actions.openMenu(message, anchor));
  const mentionsMe = message.mentions.includes(me.id) && !message.deleted;
  return (
    <article
      className={`msg${first ? " first" : ""}${mentionsMe ? " is-mention" : ""}`}
      data-key={lineKey}
      tabIndex={active ? 0 : -1}
      onKeyDown={(event) => {
        if (asksForMenu(event) && !message.deleted)
          actions.openMenu(message, event.currentTarget.getBoundingClientRect());
      }}
      {...press}
    >
      {first ? (
        <Avatar user={message.author} />
      ) : (
        <time className="fact aside-time" dateTime={new Date(message.time).toISOString()}>
          {shortClock(message.time)}
        </time>
      )}
      <div>
        <By message={message} first={first} />
        <Body message={message} />
        {state && <Reached conversation={conversation} state={state} sent={message.time} />}
      </div>
      {!message.deleted && <Tools message={message} mine={message.author === me.id} />}
    </article>
  );
});

/** Enter, or the key for menus, on the message itself. */
function asksForMenu(event: KeyboardEvent<HTMLElement>): boolean {
  const asks = event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
  if (!asks || event.target !== event.currentTarget) return false;
  event.preventDefault();
  return true;
}

function By({ message, first }: { message: Message; first: boolean }) {
  const me = useMe();
  const actions = useLogActions();
  if (!first) {
    return (
      <span className="visually-hidden">
        <Name user={message.author} />{" "}
      </span>
    );
  }
  const mine = message.author === me.id;
  return (
    <header className="by">
      {mine ? (
        <b>
          <Name user={message.author} />
        </b>
      ) : (
        <button
          type="button"
          className="author"
          tabIndex={-1}
          title="Write to this person alone"
          onClick={() => actions.openPerson(message.author)}
        >
          <Name user={message.author} />
        </button>
      )}
      <OpenMark user={message.author} words="guest, open name" />
      <time className="fact" dateTime={new Date(message.time).toISOString()}>
        {clock(message.time)}
      </time>
    </header>
  );
}

function Body({ message }: { message: Message }) {
  if (message.deleted || message.text === null) {
    return (
      <div className="body">
        <p className="gone">
          <Trash2 className="icon s" />
          Removed by its author
        </p>
      </div>
    );
  }
  return (
    <div className="body">
      <p dir="auto">
        <MessageText text={message.text} mentions={message.mentions} />
        {message.edited !== null && (
          <span className="edited" title={clock(message.edited)}>
            {" "}
            edited
          </span>
        )}
      </p>
    </div>
  );
}

function Tools({ message, mine }: { message: Message; mine: boolean }) {
  const actions = useLogActions();
  return (
    <div className="tools" role="toolbar" aria-label="Message actions">
      {mine && <Tool name="Edit" icon={Pencil} onClick={() => actions.edit(message)} />}
      {mine && <Tool name="Delete" icon={Trash2} onClick={() => actions.remove(message)} />}
      <Tool name="Copy text" icon={Copy} onClick={() => copy(message.text ?? "", "Text copied")} />
      <Tool
        name="More"
        icon={Ellipsis}
        menu
        onClick={(event) => actions.openMenu(message, event.currentTarget.getBoundingClientRect())}
      />
    </div>
  );
}

interface ToolProps {
  name: string;
  icon: ComponentType<{ className?: string }>;
  onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  menu?: boolean;
}

function Tool({ name, icon: Icon, onClick, menu = false }: ToolProps) {
  return (
    <button
      type="button"
      className="icon-btn"
      title={name}
      aria-label={name}
      tabIndex={-1}
      aria-haspopup={menu ? "menu" : undefined}
      onClick={onClick}
    >
      <Icon className="icon" />
    </button>
  );
}
