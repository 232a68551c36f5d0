import type { Caller } from "./arrival.ts";

/** Under TLS with the prefix that keeps other hosts of the same domain, and plain HTTP, from putting one here. */
const NAMES = { secure: "__Host-parley", plain: "parley" } as const;
/** Seconds: browsers keep no cookie longer than 400 days. */
const LONGEST = 400 * 86_400;

/** The token that a browser keeps for this server, where it sent one. */
export function cookieOf({ headers }: Request, { secure }: Caller): string | null {
  const name = NAMES[secure ? "secure" : "plain"];
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [left, right] = pair.trim().split("=");
    if (left === name && right) return right;
  }
  return null;
}

/** Lets a browser keep this token out of reach of every script, and send it from our own pages only; null forgets it. */
export function settingCookie(token: string | null, { secure }: Caller): string {
  const name = NAMES[secure ? "secure" : "plain"];
  const age = token === null ? 0 : LONGEST;
  return `${name}=${token ?? ""}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

/**
 * Does a page of our own ask this? Browsers say where a request comes from in headers that no page can write:
 * Sec-Fetch-Site, and where that is missing Origin. Whoever sends neither is no browser, and needs no cookie.
 */
export function isOwnPage({ headers }: Request, { host }: Caller): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin !== null && host !== "" && URL.parse(origin)?.host === host;
}
