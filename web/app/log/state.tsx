import type { MessageState, Pending } from "@parley/client/views";
import type { ConversationId, Time } from "@parley/protocol/ids";
import Check from "lucide-react/icons/check";
import CheckCheck from "lucide-react/icons/check-check";
import CircleAlert from "lucide-react/icons/circle-alert";
import Clock from "lucide-react/icons/clock";
import { useChat, useClient } from "../session.tsx";
import { unsent } from "../words/refusals.ts";
import { clockBeside } from "../words/times.ts";
import { useLogActions } from "./actions.ts";

interface ReachedProps {
  conversation: ConversationId;
  state: MessageState;
  /** When the message was sent. */
  sent: Time;
}

/** How far one's own messages have come and since when, written once under the last one that it is true of. */
export function Reached({ conversation, state, sent }: ReachedProps) {
  const time = useChat((client) => (state === "sent" ? sent : client.reachedAt(conversation, state)));
  const Icon = state === "sent" ? Check : CheckCheck;
  const words = [STATES[state], time && clockBeside(time, sent)].filter(Boolean).join(" ");
  return (
    <div className={`state fact ${state}`}>
      <Icon className="icon xs" />
      <span>{words}</span>
    </div>
  );
}

const STATES = { sent: "Sent", delivered: "Delivered", read: "Read" };

/** What keeps a message from being in the log. `waiting` is how many wait, under the last of them. */
export function Held({ pending, waiting }: { pending: Pending; waiting: number }) {
  if (pending.is === "sending") return <Sending />;
  if (pending.is === "failed") return <Failed pending={pending} />;
  return waiting > 0 ? <Waiting pending={pending} waiting={waiting} /> : null;
}

function Sending() {
  return (
    <div className="state fact sending">
      <svg className="icon xs pending" viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="9" />
      </svg>
      <span>Sending</span>
    </div>
  );
}

function Waiting({ pending, waiting }: { pending: Pending; waiting: number }) {
  const actions = useLogActions();
  return (
    <div className="state fact wait">
      <Clock className="icon xs" />
      <span>{waiting === 1 ? "Waits here for the line" : `${waiting} wait here, in this order`}</span>
      <span className="acts">
        <button type="button" className="link-btn" onClick={() => actions.takeBack(pending)}>
          Edit
        </button>
      </span>
    </div>
  );
}

function Failed({ pending }: { pending: Pending }) {
  const client = useClient();
  return (
    <div className="state fact failed" role="alert">
      <CircleAlert className="icon xs" />
      <span>Not sent: {unsent(pending.error?.code, pending.error?.message)}</span>
      <span className="acts">
        <button type="button" className="link-btn" onClick={() => client.retry(pending.key)}>
          Retry
        </button>
        <button type="button" className="link-btn" onClick={() => client.discard(pending.key)}>
          Delete
        </button>
      </span>
    </div>
  );
}
