import type { Client } from "@parley/client";
import { ChatError } from "@parley/protocol/errors";

/** What somebody may do in a room. */
export type Deed = "post" | "edit" | "delete" | "mark" | "join" | "leave" | "rename";

let said = 0;

/** Does it, at the entry that `target` picks; that it is refused is ordinary. */
export async function attempt(by: Client, room: number, deed: Deed, target: number): Promise<void> {
  await act(by, room, deed, target).catch((error) => {
    if (!(error instanceof ChatError) || error.code === "internal") throw error;
  });
}

async function act(by: Client, room: number, deed: Deed, target: number): Promise<unknown> {
  const seq = 1 + (target % Math.max(1, by.timeline(room).head));
  switch (deed) {
    case "post":
      return by.post(room, `text ${++said};`).sent;
    case "edit":
      return by.edit(room, seq, `text ${++said};`);
    case "delete":
      return by.delete(room, seq);
    case "mark":
      return by.conversation(room) && by.markRead(room, seq);
    case "join":
      return by.join(room);
    case "leave":
      return by.leave(room);
    case "rename":
      return by.call("rename", { conversation: room, name: `Name ${++said}` });
  }
}
