import type { Operation } from "@parley/protocol/operation";
import { type OperationName, operations } from "@parley/protocol/operations";
import type { Exchange } from "@parley/server/gateways/documents/wire";
import { checkAnswer } from "../../kit/documents.ts";
import { masked } from "./mask.ts";

export type Exchanges = Partial<Record<OperationName, Exchange>>;

interface Telling extends Partial<Pick<Exchange, "params" | "query" | "key" | "body">> {
  token?: string;
  /** The body to show, where the real one is another each time. */
  shown?: unknown;
}

const ADA = "an-example-of-the-secret-of-ada-lund";
const BEN = "an-example-of-the-secret-of-ben-okri";
const AGAIN = "an-example-of-another-secret-of-ada";
const LINK = "the-secret-at-the-end-of-the-one-time-link";

/** Two people use every operation once, over HTTP; what they asked and heard. Calls back after each exchange. */
export async function tellOverHttp(
  url: string,
  owner: string,
  exchangedOne: (name: OperationName) => unknown = () => {},
): Promise<Exchanges> {
  const told: Exchanges = {};
  const tell = async (name: OperationName, telling: Telling = {}): Promise<never> => {
    const exchange = await exchanged(url, operations[name], telling);
    await exchangedOne(name);
    const { token: _, shown, ...asked } = telling;
    told[name] ??= { ...asked, ...(shown !== undefined && { body: shown }), ...exchange } as Exchange;
    return exchange.answer as never;
  };
  const ada = { token: ADA };
  const ben = { token: BEN };
  const { person }: { person: { id: number } } = await tell("create_guest", { body: { name: "Ada", secret: ADA } });
  const second = { body: { name: "Ben Okri", secret: BEN } };
  const { person: other }: { person: { id: number } } = await tell("create_guest", second);
  await tell("claim_server", { ...ada, body: { secret: owner }, shown: { secret: LINK } });
  await tell("update_me", { ...ada, body: { name: "Ada Lund" } });
  await tell("me", ada);
  await tell("people", { ...ada, query: { query: "okri" } });
  const named = { name: "front-desk", topic: "Whatever comes in" };
  const room = await conversationOf(tell("create_room", { ...ada, key: "room-1", body: named }));
  const here = { params: { conversation: `${room}` } };
  await tell("list_rooms", { ...ben, query: { query: "front", limit: "10" } });
  await tell("join", { ...ben, ...here, key: "join-1" });
  const { seq }: { seq: number } = await tell("post", {
    ...ada,
    ...here,
    key: "hello-1",
    body: { text: "Hello @ben.okri" },
  });
  const there = { params: { ...here.params, target: `${seq}` } };
  await tell("edit", { ...ada, ...there, key: "edit-1", body: { text: "Hello, @ben.okri!" } });
  await tell("mark", { ...ben, ...here, body: { read: seq } });
  await tell("history", { ...ben, ...here, query: { limit: "2" } });
  await tell("entries", { ...ben, ...here, query: { after: `${seq - 1}`, wait: "20" } });
  await tell("receipts", { ...ada, params: { ...here.params, seq: `${seq}` } });
  await tell("typing", { ...ben, ...here, body: { active: true } });
  await tell("presence", { ...ada, ...here });
  await tell("list_members", { ...ada, ...here, query: { limit: "50" } });
  await tell("get_conversation", { ...ben, ...here });
  await tell("delete", { ...ada, ...there, key: "delete-1" });
  await tell("rename", { ...ada, ...here, key: "rename-1", body: { name: "reception" } });
  await tell("leave", { ...ben, ...here, key: "leave-1" });
  await tell("open_direct", { ...ada, key: "direct-1", body: { user: other.id } });
  const blocked = { params: { user: `${other.id}` } };
  await tell("block", { ...ada, ...blocked, key: "block-1" });
  await tell("blocks", { ...ada, query: { limit: "50" } });
  await tell("unblock", { ...ada, ...blocked, key: "unblock-1" });
  const members = { name: "Night shift", members: [] };
  const group = await conversationOf(tell("create_group", { ...ada, key: "group-1", body: members }));
  const member = { params: { conversation: `${group}`, user: `${other.id}` } };
  await tell("add_member", { ...ada, ...member, key: "add-1" });
  await tell("list_conversations", { ...ben, query: { limit: "10" } });
  await tell("remove_member", { ...ada, ...member, key: "remove-1" });
  await tell("delete_room", { ...ada, ...here, key: "end-1" });
  const password = "correct horse battery staple";
  await tell("set_password", { ...ada, key: "password-1", body: { password } });
  await tell("sign_in", { body: { name: "Ada Lund", password, secret: AGAIN } });
  await tell("sign_out", { token: AGAIN, key: "out-1" });
  await tell("delete_account", { ...ben, key: "end-2" });
  for (const name of ["health", "ready", "stats"] as const) await tell(name);
  if (person.id === other.id) throw new Error("Ada is Ben.");
  return told;
}

async function exchanged(
  url: string,
  operation: Operation,
  telling: Telling,
): Promise<{ status: number; answer: unknown }> {
  const { params = {}, query = {}, key, body, token } = telling;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
  const search = new URLSearchParams(query).toString();
  const address = search ? `${path}?${search}` : path;
  const response = await fetch(url + address, {
    method: operation.method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(key && { "idempotency-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  checkAnswer(operation.method, address, response, answer);
  if (!response.ok) throw new Error(`${operation.method} ${address}: ${JSON.stringify(answer)}`);
  return { status: response.status, answer: masked(answer) };
}

async function conversationOf(answer: Promise<never>): Promise<number> {
  const { conversation }: { conversation: { id: number } } = await answer;
  return conversation.id;
}
