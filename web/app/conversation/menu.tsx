import type { ConversationView } from "@parley/client/views";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import Ban from "lucide-react/icons/ban";
import Check from "lucide-react/icons/check";
import CircleCheck from "lucide-react/icons/circle-check";
import Link from "lucide-react/icons/link";
import LogOut from "lucide-react/icons/log-out";
import Pencil from "lucide-react/icons/pencil";
import Trash2 from "lucide-react/icons/trash-2";
import UserRoundPlus from "lucide-react/icons/user-round-plus";
import { openDialog } from "../dialogs/open.ts";
import { copy } from "../parts/copy.ts";
import { type Anchor, Menu, MenuItem } from "../parts/menu.tsx";
import { pathTo } from "../route.ts";
import { useClient, useMe } from "../session.tsx";
import { useUnblock } from "./blocked-bar.tsx";
import { useBlockable } from "./known.ts";

interface ConversationMenuProps {
  view: ConversationView;
  anchor: Anchor;
  label: string;
  onClose: () => void;
}

/** What one can do with a conversation as a whole. */
export function ConversationMenu({ view, anchor, label, onClose }: ConversationMenuProps) {
  const client = useClient();
  const mayChange = useMayChange(view);
  const blockable = useBlockable(view);
  const conversation = view.id;
  return (
    <Menu anchor={anchor} label={label} onClose={onClose}>
      <MenuItem icon={Check} hint="Esc" onPick={() => client.markRead(conversation, view.head)}>
        Mark as read
      </MenuItem>
      {view.kind === "room" && (
        <MenuItem icon={Link} onPick={() => copy(location.origin + pathTo(conversation), "Link copied")}>
          Copy the link
        </MenuItem>
      )}
      {view.kind !== "direct" && (
        <MenuItem icon={UserRoundPlus} onPick={() => openDialog({ is: "add_people", conversation })}>
          Add people
        </MenuItem>
      )}
      {blockable && <BlockItem {...blockable} />}
      {mayChange && (
        <MenuItem icon={Pencil} onPick={() => openDialog({ is: "rename_room", conversation })}>
          Rename
        </MenuItem>
      )}
      {view.kind !== "direct" && <LeaveItem conversation={conversation} />}
      {(mayChange || isNobodys(view)) && (
        <MenuItem icon={Trash2} danger onPick={() => openDialog({ is: "delete_room", conversation })}>
          Delete the room
        </MenuItem>
      )}
    </Menu>
  );
}

function LeaveItem({ conversation }: { conversation: ConversationId }) {
  return (
    <>
      <hr />
      <MenuItem icon={LogOut} onPick={() => openDialog({ is: "leave", conversation })}>
        Leave
      </MenuItem>
    </>
  );
}

function BlockItem({ user, isBlocked }: { user: UserId; isBlocked: boolean }) {
  const unblock = useUnblock(user);
  return (
    <>
      <hr />
      {isBlocked ? (
        <MenuItem icon={CircleCheck} onPick={unblock}>
          Unblock
        </MenuItem>
      ) : (
        <MenuItem icon={Ban} danger onPick={() => openDialog({ is: "block", user })}>
          Block
        </MenuItem>
      )}
    </>
  );
}

/** What belongs to nobody may be deleted by anybody. */
function isNobodys(view: ConversationView): boolean {
  return view.kind === "room" && view.visibility === "public" && view.owner === null;
}

/** Only the owner of a room, or of the server, renames or deletes it. */
function useMayChange(view: ConversationView): boolean {
  const me = useMe();
  return view.kind === "room" && (view.role === "owner" || me.role === "owner");
}
