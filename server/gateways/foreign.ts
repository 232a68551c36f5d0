import type { DialectName } from "@parley/protocol/dialects";
import { ChatError } from "@parley/protocol/errors";
import type { Key } from "@parley/protocol/ids";
import type { Chat } from "../core/chat.ts";
import type { Broadcast, Clock, Digests, Observer, Store } from "../core/ports.ts";
import type { Arrival, Caller } from "./arrival.ts";
import { detail, detailOf } from "./detail.ts";
import type { Admission, ForeignDialect, HttpAsked, Opening, Session, Socket } from "./dialect.ts";
import { traceOf } from "./problem.ts";
import { whileProven } from "./proven.ts";
import type { Rates } from "./rates.ts";
import { type Asked, explicit, type Selection, segmentsOf, selectSocket } from "./select.ts";
import { sharing } from "./sharing.ts";
import { type SocketGateway, wantsSocket } from "./sockets.ts";
import { tokenOf } from "./who.ts";

/** What every dialect is made of. */
export interface DialectParts {
  chat: Chat;
  store: Store;
  clock: Clock;
  digests: Digests;
  /** A key for what an old client writes, which has none. */
  newKey(): Key;
  broadcast: Broadcast;
  observer: Observer;
  limits: DialectLimits;
  rates: Rates;
  /** The room that each dialect of one room has, by name. */
  homes: Readonly<Partial<Record<DialectName, string>>>;
}

export interface DialectLimits {
  /** Code points of a name, and of a message. */
  name: number;
  text: number;
  /** Frames of one socket that wait for their commit. */
  pendingBytes: number;
  pendingCommands: number;
  /** Bytes of one request's body. */
  bodyBytes: number;
}

export interface ForeignParts {
  chat: Chat;
  sockets: SocketGateway;
  dialects: readonly ForeignDialect[];
  observer: Observer;
  rates: Rates;
  names: Selection["names"];
  /** Origins of other sites whose pages may call; `*` is any, and so is none at all. */
  origins: readonly string[];
  /** Answers what is everybody's. */
  own(arrival: Arrival): Response | Promise<Response>;
}

/** What a page of another site may send along: anything. */
const ANY_HEADER = "*, Authorization";
const ALWAYS = { "x-content-type-options": "nosniff", "cache-control": "no-store" };

/** Leads requests of old clients to their dialect: handshakes by the rules of selection, HTTP by whose path it is. */
export class ForeignGateway {
  readonly #parts: ForeignParts;
  readonly #dialects: ReadonlyMap<DialectName, ForeignDialect>;

  constructor(parts: ForeignParts) {
    this.#parts = parts;
    this.#dialects = new Map(parts.dialects.map((dialect) => [dialect.name, dialect]));
  }

  /**
   * Answers what belongs to a dialect; null where nothing of this is one's. A handshake that no dialect takes is refused
   * with 403. Resolves to undefined once the request became a socket.
   */
  answer(arrival: Arrival, listener: DialectName | null): Promise<Response | undefined> | null {
    const url = new URL(arrival.request.url);
    return wantsSocket(arrival.request) ? this.#upgrade(arrival, url, listener) : this.#http(arrival, url);
  }

  async #upgrade(arrival: Arrival, url: URL, listener: DialectName | null): Promise<Response | undefined> {
    const asked = selectSocket(url, { listener, names: this.#parts.names });
    const dialect = asked && this.#dialects.get(asked.dialect);
    if (!asked || !dialect) return new Response(null, { status: 403 });
    if (this.#parts.sockets.draining) return new Response(null, { status: 503 });
    const token = tokenOf(arrival.request, asked.query);
    return this.#accept(arrival, dialect.name, await this.#admit(dialect, { ...asked, token }, arrival), token);
  }

  async #admit(
    dialect: ForeignDialect,
    asked: Asked & { token: string | null },
    { caller }: Arrival,
  ): Promise<Admission> {
    const signIn = (): Admission | null => {
      const wait = this.#parts.rates.signIn(caller.network);
      return wait > 0 ? { is: "refused", status: 429, retryAfter: wait } : null;
    };
    try {
      if (asked.token === null) return signIn() ?? (await dialect.admit({ ...asked, address: caller.address }));
      const admission = await dialect.admit({ ...asked, address: caller.address });
      return (admission.is === "accepted" ? null : signIn()) ?? admission;
    } catch (error) {
      const facts = { request: caller.id, dialect: dialect.name, error: traceOf(error) };
      this.#parts.observer.log("error", "bug", facts);
      return { is: "refused", status: 503 };
    }
  }

  #accept(arrival: Arrival, dialect: DialectName, admission: Admission, token: string | null): Response | undefined {
    if (admission.is === "refused") return refusal(admission);
    const open =
      admission.is === "accepted"
        ? this.#whileProven(admission, token)
        : (socket: Socket) => new Ended(socket, admission);
    const user = admission.is === "accepted" ? admission.user : null;
    if (this.#parts.sockets.accept(arrival, { dialect, user, open })) return undefined;
    if (admission.is === "accepted") admission.lost?.();
    return new Response(null, { status: 400 });
  }

  #whileProven({ user, open }: Extract<Admission, { is: "accepted" }>, token: string | null): Opening {
    const { chat, observer } = this.#parts;
    return token === null ? open : whileProven({ chat, observer, user, token }, open);
  }

  #http(arrival: Arrival, { pathname, searchParams: query }: URL): Promise<Response> | null {
    const { request, caller } = arrival;
    const slash = pathname.length > 1 && pathname.endsWith("/");
    const segments = segmentsOf(slash ? pathname.slice(0, -1) : pathname);
    if (!segments) return null;
    const named = explicit(segments);
    const asked: HttpAsked = {
      request,
      method: request.method === "HEAD" ? "GET" : request.method,
      segments: named?.segments ?? segments,
      slash,
      query,
      token: tokenOf(request, query),
      network: caller.network,
    };
    for (const dialect of this.#dialects.values()) {
      const answer = named && dialect.name !== named.dialect ? null : dialect.answer?.(asked);
      if (answer) return this.#complete(dialect, asked, caller, answer);
    }
    return named && this.#own(arrival, this.#dialects.get(named.dialect), `/${named.segments.join("/")}`);
  }

  /** What this server answers to everybody stands below a dialect's prefix as well, where that has such a path. */
  async #own(arrival: Arrival, dialect: ForeignDialect | undefined, path: string): Promise<Response> {
    const { request } = arrival;
    if (!dialect?.own?.includes(path)) return this.#share(request, detail(404, "Not Found"));
    const answer = await this.#parts.own({ ...arrival, request: new Request(new URL(path, request.url), request) });
    return this.#share(request, answer);
  }

  async #complete({ name }: ForeignDialect, { request }: HttpAsked, { id }: Caller, answer: Promise<Response>) {
    const response = await answer.catch((error) => {
      if (error instanceof ChatError) return detailOf(error);
      this.#parts.observer.log("error", "bug", { request: id, dialect: name, error: traceOf(error) });
      return detail(500, "Internal Server Error");
    });
    return this.#share(request, response);
  }

  /** Lets pages of other sites read the answer: any, where the configuration does not say which. */
  async #share(request: Request, response: Response): Promise<Response> {
    const origins = this.#parts.origins.length > 0 ? this.#parts.origins : ["*"];
    const isPreflight = request.method === "OPTIONS" && request.headers.has("access-control-request-method");
    const answer = isPreflight ? new Response(null, { status: 204 }) : response;
    const headers = sharing(origins, request.headers.get("origin"), isPreflight ? ANY_HEADER : null);
    for (const [name, value] of Object.entries({ ...ALWAYS, ...headers })) answer.headers.set(name, value);
    return answer;
  }
}

function refusal({ status, retryAfter }: Admission & { is: "refused" }): Response {
  const headers = retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(retryAfter / 1000)) };
  return new Response(null, { status, headers });
}

/** A socket that was accepted only to say why it is not wanted. */
class Ended implements Session {
  constructor(socket: Socket, { code, reason }: { code: number; reason: string }) {
    socket.end(code, reason);
  }

  receive(): void {}
  closed(): void {}
  drain(): void {}
  bye(): void {}

  beat(): boolean {
    return false;
  }
}
