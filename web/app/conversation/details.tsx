import type { ConversationView, Member } from "@parley/client/views";
import type { UserId } from "@parley/protocol/ids";
import ChevronLeft from "lucide-react/icons/chevron-left";
import X from "lucide-react/icons/x";
import { Avatar, Name, OpenMark } from "../parts/avatar.tsx";
import { useChat, useMe } from "../session.tsx";
import { counted, figure } from "../words/times.ts";
import { useMembers } from "./members.ts";

interface DetailsProps {
  view: ConversationView;
  onClose: () => void;
  openPerson: (user: UserId) => void;
}

const ABOUT = { room: "About this room", direct: "About this talk", group: "About this group", inbox: "Inbox" };

/** What belongs to a conversation: what it is about, and its people. */
export function Details({ view, onClose, openPerson }: DetailsProps) {
  return (
    <section className="details" aria-label="Details">
      <header className="head">
        <button type="button" className="back" aria-label="Back to the conversation" onClick={onClose}>
          <ChevronLeft className="icon" />
        </button>
        <div className="title">
          <h2>{ABOUT[view.kind]}</h2>
        </div>
        <button type="button" className="icon-btn not-phone" title="Close" aria-label="Close details" onClick={onClose}>
          <X className="icon" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls it */}
      <div className="scroll" tabIndex={0}>
        {view.kind === "room" && <Topic view={view} />}
        <People view={view} openPerson={openPerson} />
      </div>
    </section>
  );
}

function Topic({ view }: { view: ConversationView }) {
  return (
    <section>
      <h3>Topic</h3>
      <p className="topic" dir="auto">
        {view.topic || "No topic yet"}
      </p>
      <p className="hint">
        {view.visibility === "public"
          ? "Open: everyone here can find it and read along."
          : "Only people who were invited know of it."}
      </p>
    </section>
  );
}

function People({ view, openPerson }: { view: ConversationView; openPerson: (user: UserId) => void }) {
  const { members, next, more } = useMembers(view.id, view.members);
  const anyOpen = useChat((client) => members.some(({ user }) => client.person(user)?.open));
  const present = view.here.people;
  const here = present ? members.filter((member) => present.includes(member.user)) : [];
  const away = present ? members.filter((member) => !present.includes(member.user)) : members;
  return (
    <section>
      <h3>
        {view.here.count > 0 ? "Here now" : "Members"}{" "}
        <span className="fact">
          {view.here.count > 0 && `${figure(view.here.count)} of `}
          {figure(view.members)}
        </span>
      </h3>
      <MemberRows members={here} here openPerson={openPerson} />
      {away.length > 0 && view.here.count > 0 && <h4>{present ? "Not here" : "Members"}</h4>}
      <MemberRows members={away} here={false} openPerson={openPerson} />
      {anyOpen && <p className="hint">Open name: nobody has claimed it, and anyone could be using it.</p>}
      {next !== null && (
        <button type="button" className="link-btn more" onClick={more}>
          More of {counted(view.members, "member")}
        </button>
      )}
    </section>
  );
}

interface MemberRowsProps {
  members: readonly Member[];
  here: boolean;
  openPerson: (user: UserId) => void;
}

function MemberRows({ members, here, openPerson }: MemberRowsProps) {
  if (members.length === 0) return null;
  return (
    <ul>
      {members.map((member) => (
        <li key={member.user}>
          <MemberRow member={member} here={here} onClick={() => openPerson(member.user)} />
        </li>
      ))}
    </ul>
  );
}

function MemberRow({ member, here, onClick }: { member: Member; here: boolean; onClick: () => void }) {
  const me = useMe();
  const handle = useChat((client) => client.person(member.user)?.handle);
  const mine = member.user === me.id;
  const role = member.role === "member" ? "" : member.role.replace("_", "-");
  const tag = [mine ? "you" : "", role].filter(Boolean).join(" · ");
  const content = (
    <>
      <Avatar user={member.user} size="s" here={here} />
      <span className="name cut">
        <Name user={member.user} />
        {here && <span className="visually-hidden">, here</span>}
      </span>
      <OpenMark user={member.user} />
      {tag && <span className="fact">{tag}</span>}
    </>
  );
  if (mine) return <span className="row still">{content}</span>;
  return (
    <button
      type="button"
      className="row"
      title={handle ? `Write to @${handle} alone` : "Write to this person alone"}
      onClick={onClick}
    >
      {content}
    </button>
  );
}
