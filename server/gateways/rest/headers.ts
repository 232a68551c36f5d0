import type { MiddlewareHandler } from "hono";
import { sharing } from "../sharing.ts";

/** Our pages load nothing from elsewhere, run no inline script, and are shown in nobody's frame. */
const ALWAYS: Record<string, string> = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const ASKED = "Authorization, Content-Type, Idempotency-Key";

/** Puts the headers on every answer that keep browsers from doing what we do not want; a page may have its own policy. */
export const secured: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(ALWAYS)) if (!c.res.headers.has(name)) c.header(name, value);
  if (c.req.path.startsWith("/api/")) c.header("cache-control", "no-store");
};

/** Lets pages of these other sites call. Never with credentials: a token is given by hand. */
export function shared(origins: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const asked = c.req.method === "OPTIONS" ? ASKED : null;
    const { vary, ...headers } = sharing(origins, c.req.header("origin") ?? null, asked);
    if (vary) c.header("vary", vary, { append: true });
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  };
}
