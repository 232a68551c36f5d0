import type { ConversationView } from "@parley/client/views";
import type { Message } from "@parley/protocol/messages";
import Copy from "lucide-react/icons/copy";
import Info from "lucide-react/icons/info";
import MessageSquare from "lucide-react/icons/message-square";
import Pencil from "lucide-react/icons/pencil";
import Trash2 from "lucide-react/icons/trash-2";
import { copy } from "../parts/copy.ts";
import { type Anchor, Menu, MenuItem } from "../parts/menu.tsx";
import { useMe } from "../session.tsx";
import type { LogActions } from "./actions.ts";

interface MessageMenuProps {
  message: Message;
  view: ConversationView;
  anchor: Anchor;
  actions: LogActions;
  onClose: () => void;
}

/** What one can do with a message. */
export function MessageMenu({ message, view, anchor, actions, onClose }: MessageMenuProps) {
  const me = useMe();
  const mine = message.author === me.id;
  return (
    <Menu anchor={anchor} label="Message" onClose={onClose}>
      <MenuItem icon={Copy} onPick={() => copy(message.text ?? "", "Text copied")}>
        Copy text
      </MenuItem>
      {(view.role !== null || me.role === "owner") && (
        <MenuItem icon={Info} onPick={() => actions.details(message)}>
          Message details
        </MenuItem>
      )}
      {!mine && (
        <MenuItem icon={MessageSquare} onPick={() => actions.openPerson(message.author)}>
          Write to this person alone
        </MenuItem>
      )}
      {mine && (
        <>
          <MenuItem icon={Pencil} hint="↑" onPick={() => actions.edit(message)}>
            Edit
          </MenuItem>
          <hr />
          <MenuItem icon={Trash2} danger onPick={() => actions.remove(message)}>
            Delete
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
