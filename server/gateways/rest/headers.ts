import type { MiddlewareHandler } from "hono";

/** Our pages load nothing from elsewhere, run no inline script, and are shown in nobody's frame. */
const ALWAYS: Record<string, string> = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const PREFLIGHT: Record<string, string> = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key",
  "access-control-max-age": "600",
};

/** Puts the headers on every answer that keep browsers from doing what we do not want; a page may have its own policy. */
export const secured: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(ALWAYS)) if (!c.res.headers.has(name)) c.header(name, value);
  if (c.req.path.startsWith("/api/")) c.header("cache-control", "no-store");
};

/** Lets pages of these other sites call. Never with credentials: a token is given by hand. */
export function shared(origins: readonly string[]): MiddlewareHandler {
  const any = origins.includes("*");
  return async (c, next) => {
    await next();
    if (origins.length > 0 && !any) c.header("vary", "Origin", { append: true });
    const origin = c.req.header("origin");
    if (origin === undefined || !(any || origins.includes(origin))) return;
    c.header("access-control-allow-origin", any ? "*" : origin);
    c.header("access-control-expose-headers", "Retry-After");
    if (c.req.method !== "OPTIONS") return;
    for (const [name, value] of Object.entries(PREFLIGHT)) c.header(name, value);
  };
}
