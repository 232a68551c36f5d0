import type { Client } from "@parley/client";
import type { ConversationId } from "@parley/protocol/ids";
import { heldBy, joinByName, native, said } from "./natives.ts";
import { OldClient } from "./old-client.ts";
import { until } from "./replicas.ts";

/** Somebody in a room by one of the ways in. */
export interface Way {
  readonly name: string;
  say(text: string): Promise<unknown>;
  /** Everything that was shown to them since they came, oldest first, as `who: what`. */
  heard(): Promise<string[]>;
  leave(): void;
}

interface OldWay {
  address(name: string, room: ConversationId): string;
  frame(text: string): string | object;
  /** What a frame shows of somebody's message; null where it is about something else. */
  shows(frame: string): { by: string; text: string } | null;
}

/** The dialects in which everybody hears their own messages as others do. */
const OLD: Readonly<Record<string, OldWay>> = {
  messenger: {
    address: (name) => `/ws/chat/${name}`,
    frame: (text) => text,
    shows: (frame) => {
      const { type, username, text } = JSON.parse(frame);
      return type === "message" ? { by: username, text } : null;
    },
  },
  broadcast: {
    address: (name) => `/dialects/broadcast/ws/${name}`,
    frame: (message) => ({ message }),
    shows: (frame) => {
      const { type, user_name, message } = JSON.parse(frame);
      return type === "chat_message" ? { by: user_name, text: message } : null;
    },
  },
  rooms: {
    address: (name, room) => `/ws/chat/${room}?username=${name}`,
    frame: (content) => ({ type: "message", content }),
    shows: (frame) => {
      const { type, username, content } = JSON.parse(frame);
      return type === "message" ? { by: username, text: content } : null;
    },
  },
  plain: {
    address: (name) => `/dialects/plain/ws/${name}`,
    frame: (text) => text,
    shows: (frame) => {
      const [, by = "", text = ""] = /^([^:]+): (.*)$/s.exec(frame) ?? [];
      return by === "System" ? null : { by, text };
    },
  },
};

export const OLD_WAYS = Object.keys(OLD);

/** Somebody who comes by a dialect, and is there once this resolves. */
export async function byDialect(url: string, dialect: string, name: string, room: ConversationId): Promise<Way> {
  const way = OLD[dialect] as OldWay;
  const client = await OldClient.open(url + way.address(name, room));
  await client.next();
  return {
    name,
    say: async (text) => client.say(way.frame(text)),
    heard: async () => client.heard.flatMap((frame) => lineOf(way.shows(frame))),
    leave: () => client.drop(),
  };
}

/** Somebody who is a number, and says everything to the room as a group. */
export async function byNumber(url: string, number: number, room: ConversationId): Promise<Way> {
  const client = await OldClient.open(`${url}/ws/${number}`);
  await client.next();
  const name = `User ${number}`;
  const token = await heldBy(url, `Guest ${crypto.randomUUID()}`);
  const own: string[] = [];
  return {
    name,
    say: async (message) => {
      own.push(message);
      client.say({ type: "message", group_id: room, message });
    },
    heard: async () => {
      let kept = 0;
      const lines = client.heard.flatMap((text): { by: number; text: string }[] => {
        const { type, sender_id, message } = JSON.parse(text);
        if (type === "error") throw new Error(text);
        // One's own are told by their numbers alone, in the order in which they were said.
        if (type === "message_sent") return [{ by: number, text: own[kept++] ?? "" }];
        return type === "new_message" ? [{ by: sender_id, text: message }] : [];
      });
      const names = await namesOf(url, token, new Set(lines.map(({ by }) => by)));
      return lines.map(({ by, text }) => `${names.get(by)}: ${text}`);
    },
    leave: () => client.drop(),
  };
}

/** Those people as everybody calls them, by their numbers. */
async function namesOf(url: string, token: string, ids: Set<number>): Promise<Map<number, string>> {
  if (ids.size === 0) return new Map();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/people?ids=${[...ids].join(",")}`, { headers });
  const { people } = (await answer.json()) as { people: { id: number; name: string }[] };
  return new Map(people.map(({ id, name }) => [id, name]));
}

/** Somebody with Parley's own client. */
export async function byNative(url: string, name: string, room: string): Promise<Way & { client: Client }> {
  const client = await native(url, name);
  const id = await joinByName(client, room);
  return {
    name,
    client,
    say: (text) => client.post(id, text).sent,
    heard: async () => {
      await until(client, () => client.line.is === "live" && client.timeline(id).pending.length === 0);
      while (!client.timeline(id).complete) await client.loadOlder(id);
      // Names are asked for when they are first shown.
      await until(client, () => said(client, id).every((line) => !line.startsWith("undefined: ")));
      return said(client, id);
    },
    leave: () => client.disconnect(),
  };
}

/** Somebody who asks over HTTP. */
export async function byRest(url: string, name: string, room: ConversationId): Promise<Way> {
  const authorization = `Bearer ${await heldBy(url, name)}`;
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { authorization, "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
    const answer = await fetch(`${url}/api/conversations/${room}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };
  await ask("POST", "/join", {});
  return {
    name,
    say: (text) => ask("POST", "/messages", { text }),
    heard: () => wholeLog((before) => ask("GET", `/messages${before ? `?before=${before}` : ""}`)),
    leave: () => {},
  };
}

interface LogPage {
  from: number;
  items: { kind: string; author: number; text: string }[];
  people: { id: number; name: string }[];
}

async function wholeLog(page: (before: number | null) => Promise<LogPage>): Promise<string[]> {
  const lines: string[] = [];
  for (let before: number | null = null; before !== 1; ) {
    const { from, items, people }: LogPage = await page(before);
    const names = new Map(people.map(({ id, name }) => [id, name]));
    const messages = items.filter(({ kind }) => kind === "message");
    lines.unshift(...messages.map(({ author, text }) => `${names.get(author)}: ${text}`));
    before = from;
  }
  return lines;
}

function lineOf(shown: { by: string; text: string } | null): string[] {
  return shown ? [`${shown.by}: ${shown.text}`] : [];
}
