import type { ConversationId } from "@parley/protocol/ids";
import { useConversation } from "../conversation/known.ts";
import { goTo } from "../route.ts";
import { useClient } from "../session.tsx";
import { Password } from "../settings/password.tsx";
import { Settings } from "../settings/settings.tsx";
import { SignOut } from "../settings/sign-out.tsx";
import { Block } from "./block.tsx";
import { Confirm } from "./confirm.tsx";
import { CreateRoom } from "./create-room.tsx";
import { closeDialog, type Open, useOpenDialog } from "./open.ts";
import { AddPeople, StartConversation } from "./people.tsx";
import { RenameRoom } from "./rename-room.tsx";
import { BrowseRooms } from "./rooms.tsx";
import { Switcher } from "./switcher.tsx";

/** The dialog that is open, if one is. */
export function Dialogs() {
  const open = useOpenDialog();
  return open && <OneDialog open={open} />;
}

function OneDialog({ open }: { open: Open }) {
  switch (open.is) {
    case "create_room":
      return <CreateRoom start={open.name ?? ""} />;
    case "browse_rooms":
      return <BrowseRooms />;
    case "start_conversation":
      return <StartConversation />;
    case "add_people":
      return <AddPeople conversation={open.conversation} />;
    case "rename_room":
      return <RenameRoom conversation={open.conversation} />;
    case "delete_room":
      return <DeleteRoom conversation={open.conversation} />;
    case "block":
      return <Block user={open.user} />;
    case "leave":
      return <Leave conversation={open.conversation} />;
    case "switcher":
      return <Switcher />;
    case "settings":
      return <Settings />;
    case "password":
      return <Password />;
    case "sign_out":
      return <SignOut />;
  }
}

function DeleteRoom({ conversation }: { conversation: ConversationId }) {
  const client = useClient();
  const name = useConversation(conversation)?.name ?? "this room";
  return (
    <Confirm
      title={`Delete #${name}?`}
      act="Delete the room"
      failed="The room is still there"
      onClose={closeDialog}
      run={async () => {
        await client.call("delete_room", { conversation });
        goTo(null);
      }}
    >
      <p>It is gone for everybody, with all that was said in it. This cannot be taken back.</p>
    </Confirm>
  );
}

function Leave({ conversation }: { conversation: ConversationId }) {
  const client = useClient();
  const view = useConversation(conversation);
  const open = view?.visibility === "public" && view.kind === "room";
  return (
    <Confirm
      title={view?.kind === "room" ? `Leave #${view.name}?` : "Leave this group?"}
      act="Leave"
      failed="You are still in it"
      onClose={closeDialog}
      run={async () => {
        await client.leave(conversation);
        goTo(null);
      }}
    >
      <p>
        {open ? "You can come back whenever you like." : "You can only come back when somebody who is in it adds you."}
      </p>
    </Confirm>
  );
}
