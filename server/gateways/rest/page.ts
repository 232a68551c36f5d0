import type { DialectName } from "@parley/protocol/dialects";
import type { Arrival } from "../arrival.ts";

/** What a port of one dialect shows at `/` in place of the app: the page that speaks this dialect. */
export function pageOf(dialect: DialectName | null, arrival: Arrival): Arrival {
  const { request } = arrival;
  const url = new URL(request.url);
  if (dialect === null || url.pathname !== "/") return arrival;
  url.pathname = `/legacy/${dialect}/`;
  return { ...arrival, request: new Request(url, request) };
}
