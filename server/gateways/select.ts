import { DIALECTS, type DialectName, type NameDialect } from "@parley/protocol/dialects";

/** What is asked of a dialect: the segments of its own path, percent-decoded. */
export interface Asked {
  dialect: DialectName;
  segments: readonly string[];
  query: URLSearchParams;
}

/** How this server tells dialects apart where the address does not. */
export interface Selection {
  /** The dialect of the port that was asked, where it has one. */
  listener: DialectName | null;
  names: NameDialect;
}

const WHOLE_NUMBER = /^[+-]?\d+$/;

/**
 * Pure: the dialect that a handshake belongs to, before a byte was sent. The first of these holds: a path
 * `/dialects/<name>/…`, the port's own dialect, the shape of the path, the dialect of names. Null where none does.
 */
export function selectSocket(url: URL, { listener, names }: Selection): Asked | null {
  const segments = segmentsOf(url.pathname);
  if (!segments) return null;
  const query = url.searchParams;
  const named = explicit(segments);
  if (named) return hasShape(named.dialect, named.segments) ? { ...named, query } : null;
  if (listener && hasShape(listener, segments)) return { dialect: listener, segments, query };
  const dialect = byShape(segments, query, names);
  return dialect && { dialect, segments, query };
}

/** Pure: the dialect that an HTTP request names by `/dialects/<name>/…`, and the rest of its path. */
export function explicit(segments: readonly string[]): { dialect: DialectName; segments: readonly string[] } | null {
  const [prefix, name, ...rest] = segments;
  const dialect = prefix === "dialects" ? DIALECTS.find((one) => one === name) : undefined;
  return dialect ? { dialect, segments: rest } : null;
}

/** Pure: a path's segments, percent-decoded; null where one is empty or has a slash of its own. */
export function segmentsOf(pathname: string): string[] | null {
  const segments = pathname.slice(1).split("/").map(decoded);
  return segments.some((segment) => segment === "" || segment.includes("/")) ? null : segments;
}

/** Clients that do not encode names send a bare `%` as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function hasShape(dialect: DialectName, [ws, second, third, ...more]: readonly string[]): boolean {
  if (ws !== "ws" || second === undefined || more.length > 0) return false;
  const two = dialect === "messenger" || dialect === "rooms";
  return two ? second === "chat" && third !== undefined : third === undefined;
}

function byShape(segments: readonly string[], query: URLSearchParams, names: NameDialect): DialectName | null {
  if (hasShape("rooms", segments)) return query.has("username") ? "rooms" : "messenger";
  if (!hasShape(names, segments)) return null;
  return WHOLE_NUMBER.test(segments[1] as string) ? "direct" : names;
}
