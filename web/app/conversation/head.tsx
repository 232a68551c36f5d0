import type { ConversationView } from "@parley/client/views";
import ChevronLeft from "lucide-react/icons/chevron-left";
import Ellipsis from "lucide-react/icons/ellipsis";
import Hash from "lucide-react/icons/hash";
import Lock from "lucide-react/icons/lock";
import PanelRight from "lucide-react/icons/panel-right";
import UsersRound from "lucide-react/icons/users-round";
import { useState } from "react";
import { Avatar, OpenMark } from "../parts/avatar.tsx";
import type { Anchor } from "../parts/menu.tsx";
import { goTo } from "../route.ts";
import { isHere } from "../sidebar/places.tsx";
import { badgeText } from "../words/conversations.ts";
import { counted } from "../words/times.ts";
import { useMentionsElsewhere, useName } from "./known.ts";
import { ConversationMenu } from "./menu.tsx";

interface HeadProps {
  view: ConversationView;
  details: boolean;
  setDetails: (open: boolean) => void;
}

/** What this conversation is, and who is here. */
export function Head({ view, details, setDetails }: HeadProps) {
  return (
    <header className="head">
      <BackButton except={view.id} />
      <Title view={view} />
      {view.kind !== "direct" && <HereButton view={view} onClick={() => setDetails(true)} />}
      {view.role !== null && <MenuButton view={view} />}
      <button
        type="button"
        className="icon-btn"
        title="Details"
        aria-label="Details"
        aria-pressed={details}
        onClick={() => setDetails(!details)}
      >
        <PanelRight className="icon" />
      </button>
    </header>
  );
}

/** The way back to the list, with what waits elsewhere. Only where one pane is shown at a time. */
export function BackButton({ except }: { except: number | null }) {
  const elsewhere = useMentionsElsewhere(except);
  const name = elsewhere > 0 ? `Back to conversations, ${elsewhere} for you` : "Back to conversations";
  return (
    <button type="button" className="back" aria-label={name} onClick={() => goTo(null)}>
      <ChevronLeft className="icon" />
      {elsewhere > 0 && <span className="badge">{badgeText(elsewhere)}</span>}
    </button>
  );
}

function Title({ view }: { view: ConversationView }) {
  const name = useName(view);
  return (
    <>
      {view.kind === "direct" && view.partner !== null && <Avatar user={view.partner} size="m" here={isHere(view)} />}
      <div className="title">
        <h2>
          <Sign view={view} />
          <span className="cut" dir="auto">
            {name}
          </span>
          <OpenMark user={view.partner} />
        </h2>
        <p className="cut" dir="auto">
          {about(view)}
        </p>
      </div>
    </>
  );
}

function Sign({ view }: { view: ConversationView }) {
  if (view.kind === "direct") return null;
  if (view.kind === "group") return <UsersRound className="icon" />;
  return view.visibility === "private" ? <Lock className="icon" /> : <Hash className="icon" />;
}

function about(view: ConversationView): string {
  if (view.kind === "direct") return isHere(view) ? "Here now" : "Not here";
  if (view.kind === "group") return counted(view.members, "person", "people");
  return view.topic || "No topic yet";
}

function HereButton({ view, onClick }: { view: ConversationView; onClick: () => void }) {
  const { count, people } = view.here;
  if (count === 0) return null;
  return (
    <button type="button" className="here" title="Who is here" onClick={onClick}>
      <span className="stack">
        {people?.slice(0, 3).map((user) => (
          <Avatar key={user} user={user} size="s" />
        ))}
        <span className="fact">{count} here</span>
      </span>
    </button>
  );
}

function MenuButton({ view }: { view: ConversationView }) {
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  const name = view.kind === "room" ? "Room menu" : "Conversation menu";
  return (
    <>
      <button
        type="button"
        className="icon-btn"
        title={name}
        aria-label={name}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      >
        <Ellipsis className="icon" />
      </button>
      {anchor && <ConversationMenu view={view} anchor={anchor} label={name} onClose={() => setAnchor(null)} />}
    </>
  );
}
