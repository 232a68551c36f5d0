import MessageSquare from "lucide-react/icons/message-square";
import Plus from "lucide-react/icons/plus";
import Search from "lucide-react/icons/search";
import { useState } from "react";
import { openDialog } from "../dialogs/open.ts";
import { Mark } from "../parts/mark.tsx";
import { type Anchor, Menu, MenuItem } from "../parts/menu.tsx";
import { Places } from "./places.tsx";
import { Self } from "./self.tsx";

/** The list of conversations, and oneself below it. */
export function Sidebar({ selected }: { selected: number | null }) {
  return (
    <nav className="sidebar" aria-label="Conversations">
      <header className="top">
        <Mark />
        <p className="title cut">Parley</p>
        <NewButton />
      </header>
      <button
        type="button"
        className="jump"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => openDialog({ is: "switcher" })}
      >
        <Search className="icon s" />
        <span>Jump to</span>
        <span className="key">Ctrl K</span>
      </button>
      <Places selected={selected} />
      <Self />
    </nav>
  );
}

function NewButton() {
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  return (
    <>
      <button
        type="button"
        className="icon-btn"
        title="New conversation"
        aria-label="New conversation"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      >
        <Plus className="icon" />
      </button>
      {anchor && (
        <Menu anchor={anchor} label="New conversation" onClose={() => setAnchor(null)}>
          <MenuItem icon={Plus} onPick={() => openDialog({ is: "create_room" })}>
            Create a room
          </MenuItem>
          <MenuItem icon={Search} onPick={() => openDialog({ is: "browse_rooms" })}>
            All rooms
          </MenuItem>
          <MenuItem icon={MessageSquare} onPick={() => openDialog({ is: "start_conversation" })}>
            Start a conversation
          </MenuItem>
        </Menu>
      )}
    </>
  );
}
