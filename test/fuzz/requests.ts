import { ERRORS, type ErrorCode } from "@parley/protocol/errors";
import type { Operation } from "@parley/protocol/operation";
import { operations } from "@parley/protocol/operations";
import fc from "fast-check";
import { ENDING } from "./lines.ts";
import { treesOf } from "./shapes.ts";
import { hostile, type Mutation, mutated, mutation, type Tree, textOf } from "./trees.ts";
import type { World } from "./world.ts";

/** One request over HTTP before the server is known. */
export interface Asked {
  operation: Operation;
  method: string;
  path: string[];
  query: [string, string][];
  body: { tree: Tree } | { bytes: Uint8Array<ArrayBuffer> } | null;
  headers: Record<string, string>;
  token: "own" | "none" | "strange";
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND"];
const PIECES = [
  "0",
  "-1",
  "1.5",
  "1e3",
  "01",
  "%00",
  "%2e%2e",
  "..",
  "a b",
  "%E0%A4%A",
  "ü",
  "9".repeat(20),
  "__proto__",
  "*",
];
const TYPES = ["text/plain", "application/json; charset=utf-16", "application/xml", "multipart/form-data", "JSON", ""];
const KEYS = ["", " ", "x".repeat(65), "ä", "~1", "a b", "k1", "k2", "__proto__"];

const ALL = Object.values<Operation>(operations).map((operation) => ({
  weight: operation.command && ENDING.includes(operation.command) ? 1 : 10,
  arbitrary: requestsOf(operation),
}));

/** Requests for every operation of the table, whole and mutilated in every part. */
export const requests: fc.Arbitrary<Asked> = fc.oneof(...ALL);

export function requestsOf(operation: Operation): fc.Arbitrary<Asked> {
  const piece = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 5, arbitrary: fc.nat(60).map(String) },
  );
  const value = fc.oneof(fc.nat(60).map(String), fc.constantFrom(...PIECES), fc.string({ maxLength: 12 }));
  const names = Object.keys(operation.query?.shape ?? { nothing: 1 });
  const field = fc.tuple(fc.oneof(fc.constantFrom(...names), fc.constantFrom(...PIECES)), value);
  return fc.record({
    operation: fc.constant(operation),
    method: rarely(operation.method, fc.constantFrom(...METHODS)),
    path: fc.array(piece, { minLength: 2, maxLength: 2 }),
    query: operation.query
      ? fc.array(field, { maxLength: 3 })
      : rarely<[string, string][]>([], fc.array(field, { maxLength: 2 })),
    body: bodiesOf(operation),
    headers: fc.record({
      "content-type": rarely("application/json", fc.constantFrom(...TYPES)),
      "idempotency-key": fc.oneof(
        fc.uuid(),
        fc.uuid(),
        fc.constantFrom(...KEYS.filter((key) => /^[\x20-\x7e]*$/.test(key))),
      ),
    }),
    token: rarely<Asked["token"]>("own", fc.constantFrom("none", "strange")),
  });
}

function rarely<T>(usual: T, strange: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: strange });
}

function bodiesOf({ body }: Operation): fc.Arbitrary<Asked["body"]> {
  const bytes = fc.uint8Array({ maxLength: 100 }).map((data) => ({ bytes: new Uint8Array(data) }));
  const strange = fc.oneof(
    bytes,
    hostile.map((tree) => ({ tree })),
  );
  if (!body) return rarely<Asked["body"]>(null, strange);
  const trees = fc
    .tuple(treesOf(body), fc.array(mutation, { maxLength: 2 }))
    .map(([tree, mutations]: [Tree, Mutation[]]) => ({ tree: mutated(tree, mutations) }));
  return fc.oneof({ weight: 9, arbitrary: trees }, { weight: 1, arbitrary: strange });
}

export interface Sent {
  url: string;
  init: RequestInit & { method: string };
  text: string | null;
}

/** The request as it is sent to this server. */
export function sentTo(url: string, asked: Asked, token: string, world: World): Sent {
  const { operation, method, headers, body, query } = asked;
  const pieces = asked.path.map((piece, at) => (/^\d{1,2}$/.test(piece) ? pieceFor(at, piece, world) : piece));
  const path = operation.path.replace(/\{\w+\}/g, () => pieces.shift() ?? "1");
  const search = new URLSearchParams(query).toString();
  const authorization = { own: `Bearer ${token}`, none: "", strange: "Bearer !\u00e4" }[asked.token];
  const takesBody = method !== "GET" && method !== "HEAD" && body !== null;
  const text = takesBody && body && "tree" in body ? textOf(body.tree, world.resolve) : null;
  const payload = text ?? (takesBody && body && "bytes" in body ? body.bytes : null);
  const init = { method, headers: { ...headers, ...(authorization && { authorization }) } };
  return {
    url: `${url}${path}${search && `?${search}`}`,
    init: payload === null ? init : { ...init, body: payload },
    text,
  };
}

/** The first number of a path is a conversation; the second stands for itself, or for a person. */
function pieceFor(at: number, piece: string, world: World): string {
  const n = Number(piece);
  if (at === 0) return String(world.conversations[n % world.conversations.length] ?? n);
  return n % 2 === 0 ? piece : String(world.users[n % world.users.length] ?? n);
}

/** Throws unless the answer is a result of its contract to a request of its contract, or a refusal of the closed list. */
export async function checkAnswer({ operation, method }: Asked, sent: Sent, response: Response): Promise<void> {
  const text = await response.text();
  if (method === "HEAD" || method === "OPTIONS") {
    if (response.status >= 500) throw new Error(`${response.status} for ${method}.`);
    return;
  }
  const said = JSON.parse(text) as Record<string, unknown>;
  if (response.status >= 400) return checkProblem(response, said);
  const carried = Object.values<Operation>(operations).find(
    (one) => one.path === operation.path && one.method === method,
  );
  if (!carried) throw new Error(`${method} ${sent.url} was carried out.`);
  const result = carried.result.safeParse(said);
  if (!result.success || !Bun.deepEquals(result.data, said)) {
    throw new Error(`Not what was promised: ${text.slice(0, 500)}`);
  }
  if (!carried.body || sent.text === null || sent.text === "") return;
  if (!carried.body.safeParse(JSON.parse(sent.text)).success) {
    throw new Error("Something of a wrong type was accepted.");
  }
}

function checkProblem(response: Response, said: Record<string, unknown>): void {
  const meaning = ERRORS[said.code as ErrorCode];
  const right =
    meaning?.status === response.status && said.status === response.status && typeof said.detail === "string";
  if (!right || said.code === "internal")
    throw new Error(`Not a refusal of the list: ${response.status} ${JSON.stringify(said)}`);
}
