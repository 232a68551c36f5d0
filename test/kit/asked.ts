import { spelled } from "./spelled.ts";

/** One request of whoever has this token, a POST where it has a body; its answer. A refusal is thrown. */
export async function asked<T>(address: string, token?: string, body?: object): Promise<T> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(address, { headers, ...(body && { method: "POST", body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${address}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Takes a name. */
export async function nameAt(url: string, token: string, name: string): Promise<void> {
  await asked(`${url}/api/guests`, undefined, { name, secret: token });
}

/** Makes a room; its id. */
export async function roomAt(url: string, token: string, name: string): Promise<number> {
  const room = { name, key: crypto.randomUUID() };
  return (await asked<{ conversation: { id: number } }>(`${url}/api/rooms`, token, room)).conversation.id;
}

export async function joinAt(url: string, token: string, room: number): Promise<void> {
  await asked(`${url}/api/conversations/${room}/join`, token, { key: crypto.randomUUID() });
}

/** So many people, by their tokens, who are all members of the same rooms. */
export async function settle(
  url: string,
  people: number,
  rooms: number,
): Promise<{ tokens: string[]; rooms: number[] }> {
  const tokens = Array.from({ length: people }, newToken);
  const ids: number[] = [];
  for (const [at, secret] of tokens.entries()) {
    await nameAt(url, secret, `Person ${spelled(at)}`);
    if (at === 0) for (let room = 0; room < rooms; room++) ids.push(await roomAt(url, secret, `Room ${room}`));
    else for (const id of ids) await joinAt(url, secret, id);
  }
  return { tokens, rooms: ids };
}

/** A secret as a client makes it: the token of whoever takes a name with it. */
export function newToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}
