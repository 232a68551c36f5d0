import type { Hole } from "@parley/client/views";
import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, Time } from "@parley/protocol/ids";
import LogIn from "lucide-react/icons/log-in";
import Unplug from "lucide-react/icons/unplug";
import { Fragment } from "react";
import { Name } from "../parts/avatar.tsx";
import { say } from "../parts/toasts.tsx";
import { useClient } from "../session.tsx";
import { badgeText } from "../words/conversations.ts";
import { type Happening, happenings } from "../words/notices.ts";
import { refusal } from "../words/refusals.ts";
import { clock, counted, dayKey, dayName, figure, stamp } from "../words/times.ts";

/** The day that begins here. */
export function DayLine({ time }: { time: Time }) {
  return <h3 className="day">{dayName(time, Date.now())}</h3>;
}

/** Everything below was not seen before. */
export function NewMessagesLine({ count }: { count: number }) {
  return <div className="new">{badgeText(count)} new</div>;
}

/** Who came, went, or changed the room. */
export function NoticeLine({ entries }: { entries: readonly Entry[] }) {
  return (
    <div className="notice">
      <LogIn className="icon s" />
      <span>
        {happenings(entries).map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what happened keeps its order
          <Fragment key={at}>
            {at > 0 && " · "}
            <OneHappening happening={one} />
          </Fragment>
        ))}
      </span>
    </div>
  );
}

function OneHappening({ happening }: { happening: Happening }) {
  const { who, others, did, whom, what } = happening;
  return (
    <>
      <People users={who} others={others} /> {did}
      {whom.length > 0 && (
        <>
          {" "}
          <People users={whom} others={0} />
        </>
      )}
      {what !== null && (
        <>
          {" "}
          <b>
            <bdi>{what}</bdi>
          </b>
        </>
      )}
    </>
  );
}

function People({ users, others }: { users: readonly number[]; others: number }) {
  return users.map((user, at) => {
    const last = at === users.length - 1;
    const between = at === 0 ? "" : last && others === 0 ? " and " : ", ";
    return (
      <Fragment key={user}>
        {between}
        <b>
          <Name user={user} />
        </b>
        {last && others > 0 && (
          <>
            {" and "}
            <b>{others} others</b>
          </>
        )}
      </Fragment>
    );
  });
}

/** The line went quiet, and nothing after this is known. */
export function QuietLine({ since }: { since: Time }) {
  const sameDay = dayKey(since) === dayKey(Date.now());
  return (
    <div className="notice">
      <Unplug className="icon s" />
      <span>
        The line went quiet at <span className="fact">{sameDay ? clock(since) : stamp(since)}</span>. Nothing after this
        has reached you yet.
      </span>
    </div>
  );
}

interface HoleProps {
  conversation: ConversationId;
  hole: Hole;
  after: Time | null;
  before: Time | null;
}

/** Messages that are in the log and not here: how many, from when to when. */
export function HoleBand({ conversation, hole, after, before }: HoleProps) {
  const client = useClient();
  const load = () => {
    client
      .fill(conversation, hole.from, hole.to)
      .catch((error) => say({ mood: "bad", title: "These messages could not be loaded", text: refusal(error) }));
  };
  return (
    <div className="hole" role="note">
      <strong>{counted(hole.count, "message")} not loaded</strong>
      <span>You were away for long. They come a page at a time, as you look at them.</span>
      {after !== null && before !== null && (
        <span className="fact">
          {stamp(after)} to {stamp(before)}
        </span>
      )}
      <div className="acts">
        <button type="button" className="btn small" disabled={hole.loading} onClick={load}>
          {hole.loading ? `Loading ${figure(hole.count)}` : "Load"}
        </button>
      </div>
    </div>
  );
}

/** The upper end of what is loaded: the beginning, or a place holder of the same height while more is loaded. */
export function TopLine({ end, loading }: { end: "beginning" | "more" | "hole"; loading: boolean }) {
  if (end === "beginning") return <p className="beginning">This is the beginning.</p>;
  return <p className="beginning">{loading && end === "more" && "Loading what was said before"}</p>;
}

const WIDTHS = ["w-3 w-8", "w-2 w-5", "w-3 w-6"];

/** What stands here until the first page has come: as wide as real lines, and not before 200 ms. */
export function Skeleton() {
  return (
    <div className="bones" aria-hidden="true">
      {WIDTHS.map((widths) => (
        <div className="msg first" key={widths}>
          <span className="skeleton round" />
          <div>
            {widths.split(" ").map((width) => (
              <span key={width} className={`skeleton ${width}`} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
