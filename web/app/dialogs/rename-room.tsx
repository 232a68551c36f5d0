import type { ConversationId } from "@parley/protocol/ids";
import { useState } from "react";
import { useConversation } from "../conversation/known.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useClient } from "../session.tsx";
import { refusal } from "../words/refusals.ts";
import { Buttons } from "./buttons.tsx";
import { NameField } from "./create-room.tsx";
import { closeDialog } from "./open.ts";

/** Gives a room another name. */
export function RenameRoom({ conversation }: { conversation: ConversationId }) {
  const client = useClient();
  const before = useConversation(conversation)?.name ?? "";
  const [name, setName] = useState(before);
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function rename() {
    if (!name.trim()) return setRefused("A room needs a name.");
    if (name.trim() === before) return closeDialog();
    setBusy(true);
    try {
      await client.call("rename", { conversation, name: name.trim() });
      closeDialog();
    } catch (error) {
      setRefused(refusal(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title="Rename the room"
      onClose={closeDialog}
      onSubmit={rename}
      footer={<Buttons act="Rename" disabled={busy} />}
    >
      <NameField value={name} setValue={setName} refused={refused} />
    </Dialog>
  );
}
