import { ChatError } from "@parley/protocol/errors";
import type { Operation } from "@parley/protocol/operation";
import type { Actor } from "../../core/actor.ts";
import type { User } from "../../core/rows.ts";
import type { Caller } from "../arrival.ts";
import { cookieOf, isOwnPage } from "../cookies.ts";
import { provenBy } from "../who.ts";
import type { RestParts } from "./parts.ts";

/** A token as it came: by hand, or sent along by a browser whatever page asked. */
export interface Proof {
  token: string;
  byCookie: boolean;
}

/** What a request brings as a proof. A token by hand goes before a cookie. */
export function proofOf(request: Request, caller: Caller): Proof | null {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token !== undefined) return { token, byCookie: false };
  const cookie = cookieOf(request, caller);
  return cookie === null ? null : { token: cookie, byCookie: true };
}

/**
 * Who asks. Throws `not_authenticated` without a proof, `bad_token` where it is nobody's, and `forbidden` where a page of
 * another site would change something with the cookie of whoever looks at it. Throws `too_fast`.
 */
export async function askerOf(
  { chat, rates }: RestParts,
  { method }: Operation,
  proof: Proof | null,
  { ours, from }: { ours: () => void; from: Caller },
): Promise<Actor> {
  if (!proof) throw new ChatError("not_authenticated", "The header Authorization: Bearer … is needed.");
  if (proof.byCookie && method !== "GET") ours();
  const user = (await provenBy({ chat, rates }, { token: proof.token, network: from.network })) as User;
  return { user, token: chat.people.digestOf(proof.token) };
}

/** Throws `forbidden` unless a page of our own asks. */
export function checkOwnPage(request: Request, caller: Caller): void {
  if (isOwnPage(request, caller)) return;
  throw new ChatError("forbidden", "A cookie counts only for pages of this server; use the header Authorization.");
}
