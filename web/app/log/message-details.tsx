import type { ConversationView } from "@parley/client/views";
import type { Time } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import Check from "lucide-react/icons/check";
import CheckCheck from "lucide-react/icons/check-check";
import Clock from "lucide-react/icons/clock";
import { type ComponentType, useEffect, useState } from "react";
import { Avatar, Name } from "../parts/avatar.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useChat, useClient } from "../session.tsx";
import { countsOf, type Ledger, type Since, standingOf, whyCounts } from "../words/receipts.ts";
import { refusal } from "../words/refusals.ts";
import { clockBeside, figure } from "../words/times.ts";

interface MessageDetailsProps {
  message: Message;
  view: ConversationView;
  onClose: () => void;
}

/** The ledger of one message: when it was kept, whom it was delivered to and who read it when, as far as one may know. */
export function MessageDetails({ message, view, onClose }: MessageDetailsProps) {
  const { ledger, refused } = useLedger(message, view);
  return (
    <Dialog
      title="Message details"
      onClose={onClose}
      footer={
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
      }
    >
      <div className="ledger" aria-busy={!ledger && !refused}>
        <section>
          <h3 className="fact">
            <Check className="icon xs" />
            Sent, and kept by the server
            <time dateTime={new Date(message.time).toISOString()}>{clockBeside(message.time, Date.now())}</time>
          </h3>
        </section>
        {ledger?.by && <People by={ledger.by} />}
        {ledger && !ledger.by && <Counts ledger={ledger} view={view} />}
        {!ledger && <Asking refused={refused} />}
      </div>
    </Dialog>
  );
}

/** Asks when it is opened, and again whenever somebody's mark moved. */
function useLedger({ seq }: Message, view: ConversationView) {
  const client = useClient();
  const [ledger, setLedger] = useState<Ledger | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a mark that moved changes the answer
  useEffect(() => {
    let left = false;
    client.call("receipts", { conversation: view.id, seq }).then(
      (answer) => !left && setLedger(answer),
      (error) => !left && setRefused(refusal(error)),
    );
    return () => {
      left = true;
    };
  }, [client, view.id, view.marks, seq]);
  return { ledger, refused };
}

function Asking({ refused }: { refused: string | null }) {
  const live = useChat((client) => client.line.is === "live");
  if (refused) return <p className="hint bad">{refused}</p>;
  return <p className="hint">{live ? "Asking the server" : "Who has it is known again when the line is back."}</p>;
}

function People({ by }: { by: NonNullable<Ledger["by"]> }) {
  const { read, delivered, waiting } = standingOf(by);
  const rest = waiting.map((user) => ({ user, time: undefined }));
  return (
    <>
      <Group icon={CheckCheck} look="read" title="Read by" people={read} />
      <Group icon={CheckCheck} look="delivered" title="Delivered to" people={delivered} />
      <Group icon={Clock} look="waiting" title="Not delivered yet to" people={rest} />
      {by.length === 0 && <p className="hint">Nobody else was here when it was written.</p>}
    </>
  );
}

interface GroupProps {
  icon: ComponentType<{ className?: string }>;
  look: "read" | "delivered" | "waiting";
  title: string;
  /** A time that is absent is none that anybody expects. */
  people: readonly (Since | { user: number; time: undefined })[];
}

function Group({ icon: Icon, look, title, people }: GroupProps) {
  if (people.length === 0) return null;
  return (
    <section>
      <h3 className={`fact ${look}`}>
        <Icon className="icon xs" />
        {title} {figure(people.length)}
      </h3>
      <ul>
        {people.map(({ user, time }) => (
          <li key={user}>
            <Avatar user={user} size="s" />
            <span className="name cut">
              <Name user={user} />
            </span>
            {time !== undefined && <When time={time} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function When({ time }: { time: Time | null }) {
  if (time === null) return <span className="fact">time not kept</span>;
  return (
    <time className="fact" dateTime={new Date(time).toISOString()}>
      {clockBeside(time, Date.now())}
    </time>
  );
}

function Counts({ ledger, view }: { ledger: Ledger; view: ConversationView }) {
  return (
    <section>
      {countsOf(ledger, view.kind).map((line) => (
        <h3 className="fact" key={line}>
          <CheckCheck className="icon xs" />
          {line}
        </h3>
      ))}
      {ledger.others > 0 && <p className="hint">{whyCounts(view)}</p>}
    </section>
  );
}
