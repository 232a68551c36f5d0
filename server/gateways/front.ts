import { ChatError } from "@parley/protocol/errors";
import type { Observer } from "../core/ports.ts";
import type { Arrival, Caller } from "./arrival.ts";
import { problem, traceOf } from "./problem.ts";
import type { Rates } from "./rates.ts";
import type { BunSocket } from "./socket.ts";

export interface FrontParts {
  observer: Observer;
  callerOf(request: Request, peer: string): Caller;
  rates: Rates;
}

type Answer = Response | undefined;
type Answering = (arrival: Arrival) => Answer | Promise<Answer>;

/** Whoever watches over this server must not take it for dead because others ask too much. */
const WATCHED = new Set(["/health", "/ready"]);

/**
 * What every request goes through: the limit of its address, an id, which its answer carries too, and a line in the log.
 */
export function front(
  { observer, callerOf, rates }: FrontParts,
  answering: Answering,
): (request: Request, server: Bun.Server<BunSocket>) => Answer | Promise<Answer> {
  return (request, server) => {
    const began = performance.now();
    observer.count("requests");
    const path = URL.parse(request.url)?.pathname ?? "";
    const arrival = { request, path, server, caller: callerOf(request, server.requestIP(request)?.address ?? "") };
    const done = (answer: Answer) => {
      answer?.headers.set("x-request-id", arrival.caller.id);
      observer.log("info", "request", () => factsOf(arrival, answer, performance.now() - began));
      return answer;
    };
    const failed = (error: unknown) => {
      observer.log("error", "bug", { request: arrival.caller.id, error: traceOf(error) });
      return done(problem(new ChatError("internal")));
    };
    try {
      const wait = WATCHED.has(path) ? 0 : rates.request(arrival.caller.network);
      if (wait > 0) return done(tooFast(wait));
      const answer = answering(arrival);
      return answer instanceof Promise ? answer.then(done, failed) : done(answer);
    } catch (error) {
      return failed(error);
    }
  };
}

/** Pages of other sites may know that they have to wait. */
function tooFast(wait: number): Response {
  const shown = { "access-control-allow-origin": "*", "access-control-expose-headers": "Retry-After" };
  return problem(new ChatError("too_fast", undefined, wait), shown);
}

/** Never the query: there may be a token in it. */
function factsOf({ request, path, caller }: Arrival, answer: Answer, ms: number): Record<string, unknown> {
  const { id, address } = caller;
  return { request: id, address, method: request.method, path, status: answer?.status ?? 101, ms: Math.round(ms) };
}
