import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import type { Store } from "../../../core/ports.ts";
import type { ConversationRow } from "../../../core/rows.ts";
import { naive } from "../../naive.ts";
import type { To } from "./codec.ts";
import type { MessageShown } from "./table.ts";
import { Written } from "./written.ts";

type Status = MessageShown["status"];
type Said = Pick<Message, "id" | "seq" | "author" | "time" | "text" | "reply_to">;

/** Messages of one conversation as they are answered. */
export async function shown(store: Store, row: ConversationRow, messages: readonly Said[]): Promise<MessageShown[]> {
  const written = new Written(store, row.id, 0);
  await written.learn(messages.map(({ reply_to }) => reply_to));
  const pair = row.kind === "direct" ? (await store.marks(row.id)).map(({ user }) => user) : [];
  const rows: MessageShown[] = [];
  for (const message of messages) {
    const status = await statusOf(store, row.id, message);
    rows.push(inBoth(message, addressee(row, pair, message.author), written.answered(message.reply_to), status));
  }
  return rows;
}

/** In the spelling of the old server and in that of its socket. */
function inBoth({ id, author, time, text }: Said, to: To, replyTo: number | null, status: Status): MessageShown {
  const recipient = "user" in to ? to.user : null;
  const group = "group" in to ? to.group : null;
  return {
    id,
    emisor_id: author,
    receptor_id: recipient,
    grupo_id: group,
    reply_to_id: replyTo,
    estado_envio: status === "sent" ? "enviado" : "entregado",
    estado_lectura: status === "read" ? "leído" : "no_leído",
    fecha_envio: naive(time),
    texto: text ?? "",
    reacciones: [],
    message_id: id,
    sender_id: author,
    recipient_id: recipient,
    group_id: group,
    message: text ?? "",
    message_type: "text",
    timestamp: naive(time),
    status,
  };
}

function addressee({ id, kind }: ConversationRow, pair: readonly UserId[], author: UserId): To {
  return kind === "direct" ? { user: pair.find((user) => user !== author) ?? author } : { group: id };
}

/** As far as a message has come to everybody else. */
async function statusOf(store: Store, conversation: ConversationId, { seq, author }: Said): Promise<Status> {
  const { others, delivered, read } = await store.reached(conversation, seq, author);
  if (others === 0 || delivered < others) return "sent";
  return read < others ? "delivered" : "read";
}
