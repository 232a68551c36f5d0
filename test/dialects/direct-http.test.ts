import { beforeAll, expect, test } from "bun:test";
import type { ConversationShown, MessageShown } from "@parley/server/gateways/dialects/direct/table";
import { DirectSite, time } from "../kit/direct-site.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley();
let site: DirectSite;

beforeAll(async () => {
  site = new DirectSite(parley.url);
});

test("[DIA90] direct: POST /messages/ takes either spelling of its keys and answers both; the recipient is told at once, and every connection of the sender", async () => {
  const [ann, bob] = [await site.enter(1), await site.enter(2)];
  const old = {
    emisor_id: 1,
    receptor_id: 2,
    grupo_id: null,
    reply_to_id: null,
    estado_envio: "enviado",
    estado_lectura: "no_leído",
    texto: "hola",
  };
  const first = await site.said(old);
  const { id } = first;
  expect(first).toEqual({
    id,
    emisor_id: 1,
    receptor_id: 2,
    grupo_id: null,
    reply_to_id: null,
    estado_envio: "enviado",
    estado_lectura: "no_leído",
    fecha_envio: time,
    texto: "hola",
    reacciones: [],
    message_id: id,
    sender_id: 1,
    recipient_id: 2,
    group_id: null,
    message: "hola",
    message_type: "text",
    timestamp: time,
    status: "sent",
  });
  const told = { type: "new_message", message_id: id, sender_id: 1, message: "hola", timestamp: first.timestamp };
  expect(await bob.json()).toMatchObject(told);
  expect(await ann.json()).toEqual({ type: "message_sent", message_id: id, timestamp: first.timestamp });
  const second = await site.said({ sender_id: "1", recipient_id: 2, message: "", reply_to_id: id });
  expect(second).toMatchObject({ texto: "", message: "", reply_to_id: id });
  expect(await bob.json()).toMatchObject({ message: "", reply_to_id: id });
  await Promise.all([ann.leave(), bob.leave()]);
});

test("[DIA91] direct: GET /messages/ tells what two people said, the newest first, 50 of it or as asked, from wherever it is asked; without people or a group it is refused with 400", async () => {
  await site.known(11, 12, 13);
  for (let n = 1; n <= 130; n++)
    await site.said({ sender_id: 11 + (n % 2), recipient_id: 12 - (n % 2), message: `${n}` });
  const texts = async (more: string) => (await site.between(12, 11, more)).map(({ message }) => Number(message));
  const from = (newest: number, count: number) => Array.from({ length: count }, (_, at) => newest - at);
  expect(await texts("")).toEqual(from(130, 50));
  expect(await texts("&limit=120&offset=5")).toEqual(from(125, 120));
  expect(await texts("&offset=125")).toEqual(from(5, 5));
  expect(await texts("&limit=0")).toEqual([]);
  expect(await texts("&offset=100000")).toEqual([]);
  expect(await site.between(11, 13)).toEqual([]);
  expect(await site.between(11, 424_242)).toEqual([]);
  for (const query of ["", "?user1_id=11", "?user2_id=12&limit=5"]) {
    expect(await site.ask("GET", `/messages/${query}`)).toMatchObject({
      status: 400,
      body: { detail: "You must provide group_id or both user IDs" },
    });
  }
  for (const query of ["user1_id=x&user2_id=12", "user1_id=11&user2_id=12&limit=1001", "group_id=1&offset=100001"]) {
    expect((await site.ask("GET", `/messages/?${query}`)).status).toBe(422);
  }
});

test("[DIA92] direct: a message's status goes from sent to delivered when it reached its recipient and to read when they say so, over HTTP or on the socket, and its author is told of each step", async () => {
  await site.known(22);
  const ann = await site.enter(21);
  const { id } = await site.said({ sender_id: 21, recipient_id: 22, message: "one" });
  const status = async () => {
    const [{ status, estado_envio, estado_lectura }] = (await site.between(21, 22)) as [MessageShown];
    return [status, estado_envio, estado_lectura];
  };
  expect((await ann.json()).type).toBe("message_sent");
  expect(await status()).toEqual(["sent", "enviado", "no_leído"]);
  const bob = await site.enter(22);
  expect(await bob.json()).toMatchObject({ message_id: id, status: "sent" });
  expect(await ann.json()).toEqual({ type: "message_delivered", message_id: id, delivered_to: 22, timestamp: time });
  expect(await status()).toEqual(["delivered", "entregado", "no_leído"]);
  const read = await site.ask("PUT", `/messages/${id}/read?user_id=22`);
  expect([read.status, read.body]).toEqual([200, { status: "success", message: "Message marked as read" } as never]);
  expect(await ann.json()).toEqual({ type: "read_receipt", message_id: id, read_by: 22, timestamp: time });
  expect(await status()).toEqual(["read", "entregado", "leído"]);
  await Promise.all([ann.leave(), bob.leave()]);
});

test("[DIA93] direct: conversations are one row each, never two for a pair, with the newest message, the other's number and how much is unread", async () => {
  await site.known(31, 32, 33);
  await site.said({ sender_id: 31, recipient_id: 32, message: "a" });
  await site.said({ sender_id: 32, recipient_id: 31, message: "b" });
  await site.said({ sender_id: 33, recipient_id: 31, message: "c" });
  await site.said({ sender_id: 31, recipient_id: 31, message: "note" });
  const rows = async (id: number | string) => {
    const { body } = await site.ask<ConversationShown[]>("GET", `/messages/conversations/${id}`);
    return body.map((row) => [row.type === "direct" && row.user_id, row.last_message.message, row.unread_count]);
  };
  expect(await rows(31)).toEqual([
    [31, "note", 0],
    [33, "c", 1],
    [32, "b", 1],
  ]);
  expect(await rows("+032")).toEqual([[31, "b", 1]]);
  expect(await rows(424_242)).toEqual([]);
  expect((await site.ask("GET", "/messages/conversations/x")).status).toBe(422);
});

test("[DIA94] direct: over HTTP whoever is not there is answered 404, what has no shape 422, a method that is not there 405, and a missing or superfluous slash 307", async () => {
  await site.known(41, 42);
  const { id } = await site.said({ sender_id: 41, recipient_id: 42, message: "x" });
  const refused: [string, string, unknown, number, unknown?][] = [
    ["POST", "/messages/", { sender_id: 4_141, recipient_id: 42 }, 404, "Sender does not exist"],
    ["POST", "/messages/", { sender_id: 41, recipient_id: 4_242 }, 404, "Receiver does not exist"],
    ["POST", "/messages/", { sender_id: 41, group_id: 4_242 }, 404, "Group does not exist"],
    ["POST", "/messages/", { sender_id: 41, recipient_id: 42, reply_to_id: 9_999_999 }, 404],
    ["POST", "/messages/", { sender_id: 41 }, 422],
    ["POST", "/messages/", { recipient_id: 42, message: "x" }, 422],
    ["POST", "/messages/", { sender_id: 41, recipient_id: 42, group_id: 1 }, 422],
    ["POST", "/messages/", { sender_id: 41, recipient_id: 42, message: 5 }, 422],
    ["POST", "/messages/", { sender_id: 41, recipient_id: 42, contenidos: [{}] }, 422],
    ["POST", "/messages/", { sender_id: 41, recipient_id: 42, message: "x".repeat(8_001) }, 422],
    ["POST", "/messages/", "{", 422],
    ["PUT", `/messages/${id}/read`, undefined, 422],
    ["PUT", `/messages/${id}/read?user_id=x`, undefined, 422],
    ["PUT", "/messages/x/read?user_id=42", undefined, 422],
    ["PUT", "/messages/9999999/read?user_id=42", undefined, 404, "Message not found"],
    ["PUT", `/messages/${id}/read?user_id=4242`, undefined, 404, "Message not found"],
    ["DELETE", "/messages/", undefined, 405, "Method Not Allowed"],
    ["POST", "/ws/online-users", undefined, 405, "Method Not Allowed"],
    ["GET", "/messages/realtime/1", undefined, 404, "Not Found"],
  ];
  for (const [method, path, body, status, detail] of refused) {
    const answer = await site.ask(method, path, body === undefined ? {} : { body });
    expect([method, path, answer.status]).toEqual([method, path, status]);
    if (detail !== undefined) expect(answer.body).toEqual({ detail });
  }
  expect(await site.between(41, 42)).toHaveLength(1);
  const stranger = await site.enter(43);
  expect(await site.ask("PUT", `/messages/${id}/read?user_id=43`)).toMatchObject({ status: 404 });
  await stranger.leave();
  for (const [path, there] of [
    ["/messages?limit=5", "/messages/?limit=5"],
    ["/dialects/direct/messages", "/dialects/direct/messages/"],
    ["/messages/conversations/41/", "/messages/conversations/41"],
  ]) {
    const answer = await fetch(site.url + path, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([307, there as string]);
  }
  const longest = { sender_id: 41, recipient_id: 42, message: "x".repeat(8_000) };
  expect((await site.said(longest)).texto).toHaveLength(8_000);
});

test("[DIA95] direct: who is connected is told in the order of their first connections, until their last one ends; pages of any site may ask", async () => {
  const online = async () => (await site.ask<{ online_users: number[] }>("GET", "/ws/online-users")).body.online_users;
  const before = await online();
  const [ann, bob, second] = [await site.enter(52), await site.enter(51), await site.enter(52)];
  expect(await online()).toEqual([...before, 52, 51]);
  await ann.leave();
  expect(await online()).toEqual([...before, 52, 51]);
  await Promise.all([bob.leave(), second.leave()]);
  expect(await online()).toEqual(before);
  const answer = await fetch(`${site.url}/ws/online-users`, { headers: { origin: "http://localhost:3000" } });
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
});
