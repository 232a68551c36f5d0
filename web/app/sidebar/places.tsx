import type { ConversationView } from "@parley/client/views";
import Hash from "lucide-react/icons/hash";
import Lock from "lucide-react/icons/lock";
import Pencil from "lucide-react/icons/pencil";
import Plus from "lucide-react/icons/plus";
import UsersRound from "lucide-react/icons/users-round";
import { type ReactNode, useSyncExternalStore } from "react";
import { useDrafts, useName } from "../conversation/known.ts";
import { openDialog } from "../dialogs/open.ts";
import { Avatar } from "../parts/avatar.tsx";
import { Link } from "../parts/link.tsx";
import { useChat } from "../session.tsx";
import { badgeText } from "../words/conversations.ts";

/** All conversations one is in: rooms, people, groups. */
export function Places({ selected }: { selected: number | null }) {
  const all = useChat((client) => client.conversations()).filter((view) => view.role !== null);
  const of = (kind: ConversationView["kind"]) => all.filter((view) => view.kind === kind);
  const groups = of("group");
  return (
    <div className="places">
      <Section name="Rooms" views={byName(of("room"))} selected={selected} empty="No rooms yet. Open one with +">
        <AddButton name="All rooms" onClick={() => openDialog({ is: "browse_rooms" })} />
      </Section>
      <Section name="People" views={of("direct")} selected={selected} empty="Nobody yet. Begin with +">
        <AddButton name="Start a conversation" onClick={() => openDialog({ is: "start_conversation" })} />
      </Section>
      {groups.length > 0 && <Section name="Groups" views={groups} selected={selected} empty="" />}
    </div>
  );
}

function byName(rooms: ConversationView[]): ConversationView[] {
  return rooms.sort((a, b) => (a.name ?? "").localeCompare(b.name ?? "", undefined, { numeric: true }));
}

interface SectionProps {
  name: string;
  views: readonly ConversationView[];
  selected: number | null;
  empty: string;
  children?: ReactNode;
}

function Section({ name, views, selected, empty, children }: SectionProps) {
  const id = `places-${name.toLowerCase()}`;
  return (
    <>
      <h2>
        <span id={id}>{name}</span>
        {children}
      </h2>
      {views.length === 0 && empty && <p className="hint none">{empty}</p>}
      <ul aria-labelledby={id}>
        {views.map((view) => (
          <li key={view.id}>
            <Place view={view} selected={view.id === selected} />
          </li>
        ))}
      </ul>
    </>
  );
}

function AddButton({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <button type="button" className="icon-btn small" title={name} aria-label={name} onClick={onClick}>
      <Plus className="icon s" />
    </button>
  );
}

/** The sign of a conversation: `#`, a lock, two heads, or the person. */
export function PlaceSign({ view }: { view: ConversationView }) {
  if (view.kind === "group") return <UsersRound className="icon" />;
  if (view.kind === "direct" && view.partner !== null) {
    return <Avatar user={view.partner} size="xs" here={isHere(view)} />;
  }
  return view.visibility === "private" ? <Lock className="icon" /> : <Hash className="icon" />;
}

/** Whether the other person of a direct conversation is here. */
export function isHere(view: ConversationView): boolean {
  return view.partner !== null && (view.here.people?.includes(view.partner) ?? false);
}

function Place({ view, selected }: { view: ConversationView; selected: boolean }) {
  const name = useName(view);
  const drafts = useDrafts();
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.read(view.id) !== "");
  const unread = view.unread > 0 && !selected;
  return (
    <Link
      to={view.id}
      className={`row${unread || view.mentions > 0 ? " is-unread" : ""}${selected ? " is-selected" : ""}`}
      aria-current={selected ? "page" : undefined}
    >
      <PlaceSign view={view} />
      <span className="name cut">
        <bdi>{name}</bdi>
        {isHere(view) && <span className="visually-hidden">, here</span>}
      </span>
      {draft && !selected && (
        <span title="A draft of yours waits here">
          <Pencil className="icon end" />
          <span className="visually-hidden">, draft</span>
        </span>
      )}
      <News view={view} quiet={selected} />
    </Link>
  );
}

/** A dot is news, a number is you. */
export function News({ view, quiet = false }: { view: ConversationView; quiet?: boolean }) {
  if (view.mentions > 0) {
    const about = view.kind === "direct" ? "Messages to you" : "Mentions of you";
    return (
      <span className="badge">
        <span className="visually-hidden">{about}: </span>
        {badgeText(view.mentions)}
      </span>
    );
  }
  if (view.unread === 0 || quiet) return null;
  return (
    <span className="dot" title="New messages">
      <span className="visually-hidden">new messages</span>
    </span>
  );
}
