const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";

/**
 * Pure: the headers by which pages of these other sites may read an answer; `*` is any. Never with credentials: a token
 * is given by hand. `asked` are the headers that a preflight may ask for; null where this is none.
 */
export function sharing(
  origins: readonly string[],
  origin: string | null,
  asked: string | null,
): Readonly<Record<string, string>> {
  const any = origins.includes("*");
  const vary = origins.length > 0 && !any ? { vary: "Origin" } : {};
  if (origin === null || !(any || origins.includes(origin))) return vary;
  return {
    ...vary,
    "access-control-allow-origin": any ? "*" : origin,
    "access-control-expose-headers": "Retry-After",
    ...(asked === null ? {} : preflight(asked)),
  };
}

function preflight(headers: string): Record<string, string> {
  return {
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": headers,
    "access-control-max-age": "600",
  };
}
