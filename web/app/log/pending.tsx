import type { Pending } from "@parley/client/views";
import { memo } from "react";
import { Avatar, Name } from "../parts/avatar.tsx";
import { useMe } from "../session.tsx";
import { clock, shortClock } from "../words/times.ts";
import { MessageText } from "./message-text.tsx";
import { Held } from "./state.tsx";

interface PendingProps {
  pending: Pending;
  first: boolean;
  waiting: number;
  lineKey: string;
  active: boolean;
}

const NOBODY: readonly number[] = [];
const BAR = { sending: "is-sending", waiting: "is-waiting", failed: "is-failed" };

/** One's own message that the log does not hold yet. */
export const PendingLine = memo(function PendingLine({ pending, first, waiting, lineKey, active }: PendingProps) {
  const me = useMe();
  const time = new Date(pending.time).toISOString();
  return (
    <article className={`msg ${BAR[pending.is]}${first ? " first" : ""}`} data-key={lineKey} tabIndex={active ? 0 : -1}>
      {first ? (
        <Avatar user={me.id} />
      ) : (
        <time className="fact aside-time" dateTime={time}>
          {shortClock(pending.time)}
        </time>
      )}
      <div>
        {first && (
          <header className="by">
            <b>
              <Name user={me.id} />
            </b>
            <time className="fact" dateTime={time}>
              {clock(pending.time)}
            </time>
          </header>
        )}
        <div className="body">
          <p dir="auto">
            <MessageText text={pending.text} mentions={NOBODY} />
          </p>
        </div>
        <Held pending={pending} waiting={waiting} />
      </div>
    </article>
  );
});
