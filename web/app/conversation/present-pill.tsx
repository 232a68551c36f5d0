import type { ConversationView } from "@parley/client/views";
import ArrowDown from "lucide-react/icons/arrow-down";
import { badgeText } from "../words/conversations.ts";

/** The way back to the end of the log, and how much is new there. */
export function PresentPill({ view, onClick }: { view: ConversationView; onClick: () => void }) {
  return (
    <button type="button" className="pill" onClick={onClick}>
      <ArrowDown className="icon s" />
      Jump to present
      {view.unread > 0 && <span className="new-n">{badgeText(view.unread)} new</span>}
    </button>
  );
}
