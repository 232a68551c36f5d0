import { type Client, createClient } from "@parley/client";
import type { ConversationId } from "@parley/protocol/ids";
import { until } from "./replicas.ts";

/** Somebody with Parley's own client, signed in under this name at a running server. */
export async function native(url: string, name: string): Promise<Client> {
  const client = createClient({ url });
  await client.signIn(name);
  await until(client, () => client.line.is === "live");
  return client;
}

/** Makes them a member of the public room of this name, as it is listed. */
export async function joinByName(client: Client, name: string): Promise<ConversationId> {
  const { rooms } = await client.call("list_rooms", { query: name });
  const room = rooms.find((one) => one.name === name);
  if (!room) throw new Error(`There is no room ${name}.`);
  await client.join(room.id);
  return room.id;
}

/** What this client shows of a conversation: who said what, by their shown names, oldest first. */
export function said(client: Client, room: ConversationId): string[] {
  return client
    .timeline(room)
    .rows.flatMap((row) => (row.kind === "message" ? [`${client.person(row.author)?.name}: ${row.text}`] : []));
}

/** The token of a guest who holds this name. */
export async function heldBy(url: string, name: string): Promise<string> {
  const body = JSON.stringify({ name });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/api/guests`, { method: "POST", headers, body });
  return ((await answer.json()) as { token: string }).token;
}

/** Resolves once the ledger of this message says that somebody else has it. */
export async function isDelivered(client: Client, room: ConversationId, seq: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { delivered } = await client.call("receipts", { conversation: room, seq });
    if (delivered > 0) return;
    await Bun.sleep(50);
  }
  throw new Error(`Nobody has message ${seq}.`);
}
