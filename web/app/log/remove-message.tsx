import type { ConversationId } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import { Confirm } from "../dialogs/confirm.tsx";
import { useClient } from "../session.tsx";

interface RemoveMessageProps {
  message: Message;
  conversation: ConversationId;
  onClose: () => void;
}

/** Asks before a message is deleted for everybody. */
export function RemoveMessage({ message, conversation, onClose }: RemoveMessageProps) {
  const client = useClient();
  return (
    <Confirm
      title="Delete this message?"
      act="Delete"
      failed="The message is still there"
      onClose={onClose}
      run={() => client.delete(conversation, message.seq)}
    >
      <p className="quoted" dir="auto">
        {message.text}
      </p>
      <p className="hint">It is deleted for everybody. Its place stays: “Removed by its author”.</p>
    </Confirm>
  );
}
