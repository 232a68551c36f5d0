import { ERRORS, type ErrorCode } from "@parley/protocol/errors";
import type { Operation } from "@parley/protocol/operation";
import { operations } from "@parley/protocol/operations";
import type { Person } from "@parley/protocol/people";
import { hmacDigests } from "@parley/server/auth/digests";
import { memoryBus } from "@parley/server/bus/memory";
import { configFrom } from "@parley/server/config";
import { Chat } from "@parley/server/core/chat";
import type { Bus, Store } from "@parley/server/core/ports";
import { callers } from "@parley/server/gateways/arrival";
import { front } from "@parley/server/gateways/front";
import { listen } from "@parley/server/gateways/listen";
import { type Rates, unlimited } from "@parley/server/gateways/rates";
import { restGateway } from "@parley/server/gateways/rest/app";
import { webAssets } from "@parley/server/gateways/rest/assets";
import { TABLES, WIRES } from "@parley/server/main";
import { systemClock } from "@parley/server/observe/clock";
import { createObserver } from "@parley/server/observe/log";
import { openFolder } from "@parley/server/store/sqlite/open";
import { storeOf } from "@parley/server/store/sqlite/sqlite";
import { checkAnswer } from "./documents.ts";
import { quickPasswords } from "./passwords.ts";
import { temporaryFolder } from "./process.ts";

export interface RestOptions {
  store?: Store;
  bus?: Bus;
  origins?: string[];
  /** Proxies that are believed. */
  trusted?: string[];
  web?: string;
  /** Nobody is limited without. */
  rates?: Rates;
}

export interface Asking {
  token?: string;
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** The REST gateway on a free port of this process, on the real core; by default with SQLite in a temporary folder. */
export function startRest(options: RestOptions = {}) {
  const config = configFrom({});
  const { rates = unlimited } = options;
  const folder = temporaryFolder();
  const store = options.store ?? storeOf(openFolder(folder.path));
  const bus = options.bus ?? memoryBus();
  const digests = hmacDigests("k".repeat(32));
  const said: string[] = [];
  const write = (line: string) => void said.push(line);
  const observer = createObserver({ level: "debug", readable: false, now: Date.now, write });
  const broadcast = { publish: () => {} };
  const state = { draining: false, ahead: 0 };
  const clock = { ...systemClock, now: () => Date.now() + state.ahead };
  const chat = new Chat({
    store,
    bus,
    clock,
    digests,
    passwords: quickPasswords,
    broadcast,
    observer,
    limits: config.chat,
  });
  const rest = restGateway(
    {
      chat,
      store,
      bus,
      clock,
      digests,
      observer,
      rates,
      counts: observer.counts,
      version: "0.0.0",
      limits: { bodyBytes: config.bodyBytes, page: config.chat.page },
      origins: options.origins ?? [],
      wires: WIRES,
      tables: TABLES,
      connections: () => 0,
      draining: () => state.draining,
    },
    webAssets(options.web ?? "/nowhere"),
  );
  const asked = { observer, rates, callerOf: callers(options.trusted ?? [], digests.random) };
  const server = listen("127.0.0.1", 0, front(asked, rest));
  const stop = async () => {
    await server.stop(true);
    await store.close();
    folder.remove();
  };
  return new RestNode(`http://127.0.0.1:${server.port}`, { store, digests, said, state, stop });
}

interface Inside {
  store: Store;
  digests: ReturnType<typeof hmacDigests>;
  /** Everything that was logged. */
  said: string[];
  state: { draining: boolean; ahead: number };
  stop(): Promise<void>;
}

/** A running REST gateway and somebody with curl in front of it. Every answer is held to its contract. */
export class RestNode {
  readonly url: string;
  readonly inside: Inside;

  constructor(url: string, inside: Inside) {
    this.url = url;
    this.inside = inside;
  }

  async raw(method: string, path: string, { token, key, body, headers = {} }: Asking = {}): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** One request; its answer as JSON, checked against the contract or the shape of a problem. */
  async ask(method: string, path: string, asking: Asking = {}): Promise<{ status: number; body: never }> {
    const response = await this.raw(method, path, asking);
    const body = await response.json();
    checkAnswer(method, path, response, body);
    const notReady = path === "/ready" && response.status === 503;
    if (response.status >= 400 && !notReady) checkProblem(response, body);
    else checkResult(method, path, body);
    return { status: response.status, body: body as never };
  }

  /** The code of the refusal that must come. */
  async refusal(method: string, path: string, asking: Asking = {}): Promise<ErrorCode> {
    const { status, body } = await this.ask(method, path, asking);
    if (status < 400) throw new Error(`${method} ${path} was not refused: ${JSON.stringify(body)}`);
    return (body as { code: ErrorCode }).code;
  }

  async guest(name: string): Promise<{ token: string; person: Person }> {
    const { body } = await this.ask("POST", "/api/guests", { body: { name } });
    return body;
  }

  async room(token: string, name: string): Promise<number> {
    const { body } = await this.ask("POST", "/api/rooms", { token, key: crypto.randomUUID(), body: { name } });
    return (body as { conversation: { id: number } }).conversation.id;
  }
}

function checkProblem(response: Response, body: Record<string, unknown>): void {
  const meaning = ERRORS[body.code as ErrorCode];
  const right =
    response.headers.get("content-type") === "application/problem+json" &&
    meaning?.status === response.status &&
    body.status === response.status &&
    body.title === meaning.title &&
    typeof body.detail === "string" &&
    body.type === "about:blank";
  if (!right) throw new Error(`This is not a problem as it should be: ${response.status} ${JSON.stringify(body)}`);
}

function checkResult(method: string, path: string, body: unknown): void {
  const plain = path.split("?")[0] ?? "";
  const operation = Object.values<Operation>(operations).find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, "-?[0-9]+")}$`).test(plain),
  );
  const parsed = operation?.result.safeParse(body);
  if (!parsed?.success) throw new Error(`${method} ${path}: ${parsed?.error.message ?? "no such operation"}`);
  if (!Bun.deepEquals(parsed.data, body)) throw new Error(`${method} ${path} says more than its contract.`);
}
