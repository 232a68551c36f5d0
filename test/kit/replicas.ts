import { expect } from "bun:test";
import { type Client, createClient } from "@parley/client";
import type { Mark } from "@parley/protocol/conversations";
import type { Item } from "@parley/protocol/messages";
import type { Store } from "@parley/server/core/ports";
import { summarise } from "@parley/server/core/summary";
import { secretOf } from "./node.ts";

/** A client of the real SDK that has entered under this name. */
export async function enter(url: string, name: string): Promise<Client> {
  const client = createClient({ url: url.replace(/^ws/, "http").replace(/\/socket$/, ""), token: secretOf(name) });
  await client.signIn(name);
  await until(client, () => client.line.is === "live");
  return client;
}

/** Resolves once this is true of a client, and says what was waited for where it does not come true. */
export async function until(client: Client, isTrue: () => boolean, ms = 20_000): Promise<void> {
  if (isTrue()) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Waited in vain for ${isTrue}; the line is ${JSON.stringify(client.line)}.`));
    }, ms);
    const stop = client.subscribe(() => {
      if (!isTrue()) return;
      clearTimeout(timer);
      stop();
      resolve();
    });
  });
}

/** All that the server says a conversation holds for this reader, oldest first. */
export async function fetchAll(client: Client, conversation: number): Promise<Item[]> {
  const items: Item[] = [];
  let before: number | undefined;
  do {
    const page = await client.call("history", { conversation, ...(before ? { before } : {}) });
    items.unshift(...page.items);
    before = page.from;
  } while (before > 1);
  return items;
}

/**
 * `apply(state, entries) == fetch()`: what this client folded together from entries and pages is what the server
 * answers when it is asked for everything; so are unread counts, marks and the state of each conversation.
 */
export async function expectSameAsServer(client: Client, store: Store): Promise<void> {
  const ids = client.conversations().map(({ id }) => id);
  const memberships = await store.memberships(client.me?.id ?? 0);
  expect(ids.toSorted()).toEqual(memberships.map(({ row }) => row.id).toSorted());
  for (const id of ids) {
    const told = await settledSummary(client, store, id);
    expect(told.held).toEqual(told.kept);
    while (!client.timeline(id).complete) await client.loadOlder(id);
    expect(client.timeline(id).rows as Item[]).toEqual(await fetchAll(client, id));
  }
}

/** The state of a conversation as the client holds it and as the store has it, once reports on the way have arrived. */
async function settledSummary(client: Client, store: Store, id: number) {
  for (let wait = 1; ; wait *= 2) {
    const kept = await summarise(store, id, client.me?.id ?? 0);
    const view = client.conversation(id) as unknown as Record<string, unknown>;
    // A client holds marks in no order, and has no use for the check of a log that it follows.
    const held = Object.fromEntries(Object.keys(kept ?? {}).map((name) => [name, view?.[name]]));
    const [a, b] = [held, { ...kept }].map((one) => ({ ...one, check: null, marks: sorted(one.marks) }));
    if (wait > 2000 || Bun.deepEquals(a, b)) return { held: a, kept: b };
    await Bun.sleep(wait);
  }
}

function sorted(marks: unknown): Mark[] {
  return [...((marks ?? []) as Mark[])].sort((a, b) => a.user - b.user);
}

/** Resolves once this client knows the conversations that its person is in, each up to its head, and no others. */
export async function heardAll(client: Client, store: Store): Promise<void> {
  const rows = await store.memberships(client.me?.id ?? 0);
  await until(client, () => rows.every(({ row }) => (client.conversation(row.id)?.head ?? -1) >= row.head));
  await until(client, () => client.conversations().every(({ id }) => rows.some(({ row }) => row.id === id)));
}
