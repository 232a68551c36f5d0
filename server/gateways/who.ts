import { ChatError } from "@parley/protocol/errors";
import type { Chat } from "../core/chat.ts";
import type { User } from "../core/rows.ts";
import { known, orTooFast, type Rates } from "./rates.ts";

/** How somebody is called in dialects: open people exactly as they said, everybody else by their unique name. */
export function calledIn(user: Pick<User, "name" | "handle"> & { open?: true | undefined }): string {
  return user.open ? user.name : user.handle;
}

/**
 * Who says this name: whoever the token proves, or the open person of exactly this string.
 * Throws `bad_token`, `bad_name`, and `name_taken` where the name needs a proof that was not given.
 */
export async function whoSays(chat: Chat, name: string, token: string | null, most: number): Promise<User> {
  if (token === null) return chat.people.open(name, most);
  const user = await chat.people.byToken(token);
  const given = name.toLowerCase();
  if (given !== user.handle.toLowerCase() && given !== user.name.toLowerCase()) throw new ChatError("name_taken");
  return user;
}

/** Whom the token of a request over HTTP proves; null without one. Throws `bad_token` and `too_fast`. */
export async function provenBy(
  { chat, rates }: { chat: Chat; rates: Rates },
  { token, network }: { token: string | null; network: string },
): Promise<User | null> {
  if (token === null) return null;
  const user = await known(chat.people, token, () => orTooFast(rates.signIn(network)));
  orTooFast(rates.deed(user.id));
  return user;
}

/** The token of a request: `?token=` or `Authorization: Bearer`. */
export function tokenOf(request: Request, query: URLSearchParams): string | null {
  return query.get("token") ?? /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}
