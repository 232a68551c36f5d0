import { memoryVault } from "../vault/memory.ts";
import type { Vault } from "../vault/vault.ts";
import { turn } from "./clock.ts";
import { entries, greet, INBOX, keptInMemory, ROOM, room, said, type World, world } from "./world.ts";

export const inbox = room({ id: INBOX, kind: "inbox", name: null, visibility: "private" });

/** A device: what its clients keep outlives them. */
export function device() {
  const place = new Map<string, unknown>();
  const keep = keptInMemory();
  return {
    place,
    keep,
    /** One life of the client on it. */
    start: (vault: Vault = memoryVault(place), token = "a-token-of-mine") =>
      world({ vault, keep, token, leaving: () => {} }),
    /** All that is kept, as text. */
    text: () => JSON.stringify([...place]),
  };
}

/** This life ends when everything is kept. */
export async function ended(given: World): Promise<void> {
  await given.clock.advance(500);
  given.client.disconnect();
}

/** A life in which a room with two messages was heard. */
export async function firstLife(on = device()) {
  const given = on.start();
  given.client.connect();
  await turn();
  const end = await greet(given, inbox, room({ head: 4, unread: 1, read: 3 }));
  end.say(entries(ROOM, said(5), said(6)));
  await ended(given);
  return on;
}
