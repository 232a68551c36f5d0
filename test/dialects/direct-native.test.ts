import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import type { ConversationShown } from "@parley/server/gateways/dialects/direct/table";
import { DirectSite, time } from "../kit/direct-site.ts";
import { heldBy, native, said } from "../kit/natives.ts";
import { handshake } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";
import { until } from "../kit/replicas.ts";

const parley = new OneParley({ PARLEY_LINGER_MS: "0" });
let site: DirectSite;
const clients: Client[] = [];

beforeAll(async () => {
  site = new DirectSite(parley.url);
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
});

async function sdk(name: string): Promise<Client & { id: number }> {
  const client = await native(site.url, name);
  clients.push(client);
  return Object.assign(client, { id: client.me?.id as number });
}

test("[DIA96] direct: an old client and somebody with Parley's own write to each other, each sees the other's statuses, and a reply stays one", async () => {
  const ida = await sdk("Ida");
  const bob = await site.enter(2);
  bob.say({ type: "message", recipient_id: ida.id, message: "hi <b>" });
  await until(ida, () => ida.conversations().length === 1);
  const [direct] = ida.conversations();
  const id = direct?.id as number;
  await until(ida, () => said(ida, id).length === 1);
  expect([direct?.kind, direct?.partner, said(ida, id)]).toEqual(["direct", 2, ["User 2: hi <b>"]]);
  const { message_id } = await bob.json();
  // Her client has it, and says so by itself; she reads it when she looks.
  expect(await bob.json()).toEqual({ type: "message_delivered", message_id, delivered_to: ida.id, timestamp: time });
  const seq = ida.timeline(id).head;
  ida.markRead(id, seq);
  expect(await bob.json()).toEqual({ type: "read_receipt", message_id, read_by: ida.id, timestamp: time });

  const { seq: answer } = await ida.call("post", { conversation: id, text: "hello", reply_to: seq });
  const heard = await bob.json();
  expect(heard).toMatchObject({ message: "hello", sender_id: ida.id, recipient_id: 2, reply_to_id: message_id });
  await until(ida, () => ida.timeline(id).reached.delivered === answer);
  bob.say({ type: "read_receipt", message_id: heard.message_id, sender_id: ida.id });
  await until(ida, () => ida.timeline(id).reached.read === answer);
  bob.say({ type: "message", recipient_id: ida.id, message: "seen", reply_to_id: heard.message_id });
  await until(ida, () => said(ida, id).includes("User 2: seen"));
  expect(ida.timeline(id).rows.at(-1)).toMatchObject({ text: "seen", reply_to: answer });
  await bob.leave();
});

test("[DIA96] direct: what an old client missed of somebody with Parley's own comes once when it connects, as it reads by then, and they see when", async () => {
  const jon = await sdk("Jon");
  await site.known(12);
  const { id } = await jon.openDirect(12);
  const one = await jon.post(id, "on").sent;
  const two = await jon.post(id, "slip").sent;
  const three = await jon.post(id, "three").sent;
  await jon.edit(id, one.seq, "one");
  await jon.delete(id, two.seq);
  expect(jon.timeline(id).reached.delivered).toBe(0);
  const bob = await site.enter(12);
  for (const message of ["one", "three"]) expect(await bob.json()).toMatchObject({ type: "new_message", message });
  await until(jon, () => jon.timeline(id).reached.delivered === three.seq);
  expect(await bob.rest()).toEqual([]);
  await bob.leave();
});

test("[DIA97] direct: writing is told both ways between old clients and Parley's own, and so is who is there", async () => {
  const kim = await sdk("Kim");
  const bob = await site.enter(22);
  const { id } = await kim.openDirect(22);
  kim.look([id]);
  await until(kim, () => kim.conversation(id)?.here.people?.includes(22) === true);
  kim.typing(id, true);
  const indicator = { type: "typing_indicator", user_id: kim.id, recipient_id: 22, group_id: null, timestamp: time };
  expect(await bob.json()).toEqual({ ...indicator, is_typing: true });
  kim.typing(id, false);
  expect(await bob.json()).toEqual({ ...indicator, is_typing: false });
  bob.say({ type: "typing", recipient_id: kim.id, is_typing: true });
  await until(kim, () => kim.conversation(id)?.typing.includes(22) === true);
  bob.say({ type: "typing", recipient_id: kim.id, is_typing: false });
  await until(kim, () => kim.conversation(id)?.typing.length === 0);
  await bob.leave();
  await until(kim, () => kim.conversation(id)?.here.people?.includes(22) === false);
});

test("[DIA98] direct: a group is told to all its members but the author, who hears when each of them has it and read it", async () => {
  const lea = await sdk("Lea");
  const [bob, cas] = [await site.enter(32), await site.enter(33)];
  const { id } = await lea.createGroup([32, 33], "Three");
  bob.say({ type: "message", group_id: id, message: "to all" });
  const heard = await cas.json();
  const { message_id } = heard;
  expect(heard).toMatchObject({ sender_id: 32, recipient_id: null, group_id: id, message: "to all" });
  await until(lea, () => said(lea, id).includes("User 32: to all"));
  expect(await bob.json()).toMatchObject({ type: "message_sent", message_id });
  cas.say({ type: "read_receipt", message_id, sender_id: 32 });
  const told = [await bob.json(), await bob.json(), await bob.json()].map(({ type, delivered_to, read_by }) => {
    return [type, delivered_to ?? read_by];
  });
  expect(new Set(told.map(String))).toEqual(
    new Set(["message_delivered,33", `message_delivered,${lea.id}`, "read_receipt,33"]),
  );
  cas.say({ type: "typing", group_id: id, is_typing: true });
  expect(await bob.json()).toMatchObject({ type: "typing_indicator", user_id: 33, recipient_id: null, group_id: id });
  const status = async () => (await site.ask<{ status: string }[]>("GET", `/messages/?group_id=${id}`)).body[0]?.status;
  expect(await status()).toBe("delivered");
  lea.markRead(id, lea.timeline(id).head);
  expect(await bob.json()).toMatchObject({ type: "read_receipt", read_by: lea.id });
  expect(await status()).toBe("read");
  await Promise.all([bob.leave(), cas.leave()]);
});

test("[DIA98] direct: whoever is added to a group hears it from then on, and nothing of it after they were removed", async () => {
  const mia = await sdk("Mia");
  const bob = await site.enter(42);
  const { id } = await mia.createGroup([], "Growing");
  await mia.post(id, "before").sent;
  await mia.call("add_member", { conversation: id, user: 42 });
  await mia.post(id, "while in").sent;
  expect(await bob.json()).toMatchObject({ message: "while in", group_id: id });
  await mia.call("remove_member", { conversation: id, user: 42 });
  await mia.post(id, "after").sent;
  bob.say({ type: "message", group_id: id, message: "x" });
  expect(await bob.json()).toEqual({ type: "error", message: `You are in no group ${id}.` });
  expect(await site.ask("GET", `/messages/?group_id=${id}`)).toMatchObject({
    status: 404,
    body: { detail: "Group does not exist" },
  });
  await mia.call("add_member", { conversation: id, user: 42 });
  await mia.post(id, "again").sent;
  expect(await bob.json()).toMatchObject({ message: "again", group_id: id });
  const { body } = await site.ask<{ message: string }[]>("GET", `/messages/?group_id=${id}`);
  expect(body.map(({ message }) => message)).toEqual(["again", "while in"]);
  expect(await bob.rest()).toEqual([]);
  await bob.leave();
});

test("[DIA96] direct: nobody begins to write to somebody whose account has ended, and what was said before stays", async () => {
  const [ned, olaf] = [await sdk("Ned"), await sdk("Olaf")];
  const [bob, cas] = [await site.enter(45), await site.enter(46)];
  bob.say({ recipient_id: ned.id, message: "before" });
  expect((await bob.json()).type).toBe("message_sent");
  for (const client of [ned, olaf]) await client.call("delete_account", {});
  cas.say({ recipient_id: ned.id, message: "hello?" });
  expect(await cas.json()).toEqual({ type: "error", message: `User ${ned.id} does not exist.` });
  const body = { sender_id: 46, recipient_id: olaf.id, message: "hello?" };
  expect(await site.ask("POST", "/messages/", { body })).toMatchObject({
    status: 404,
    body: { detail: "Receiver does not exist" },
  });
  expect(await site.between(45, ned.id)).toMatchObject([{ message: "before" }]);
  await Promise.all([bob.leave(), cas.leave()]);
});

test("[DIA99] direct: a number that is held needs its token on the socket, and with it is that person on every device", async () => {
  const token = await heldBy(site.url, "Nils");
  const me = await fetch(`${site.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  const { id } = ((await me.json()) as { person: { id: number } }).person;
  const other = await heldBy(site.url, "Olga");
  for (const path of [`/ws/${id}`, `/ws/${id}?token=${other}`, `/ws/${id}?token=wrong`, `/ws/5?token=${other}`]) {
    expect([path, (await handshake(site.url + path)).status]).toEqual([path, 403]);
  }
  expect((await handshake(`${site.url}/ws/${id}`, { authorization: `Bearer ${token}` })).status).toBe(101);
  const [phone, bob] = [await site.enter(id, token), await site.enter(52)];
  bob.say({ type: "message", recipient_id: id, message: "for Nils" });
  expect(await phone.json()).toMatchObject({ message: "for Nils", recipient_id: id });
  phone.say({ type: "message", recipient_id: 52, message: "from Nils" });
  const heard = [await bob.json(), await bob.json(), await bob.json()];
  expect(heard.find(({ type }) => type === "new_message")).toMatchObject({ message: "from Nils", sender_id: id });
  await Promise.all([phone.leave(), bob.leave()]);
});

test("[DIA100] direct: without its proof nobody reads or writes over HTTP as a person who is held, nor what only such people may read", async () => {
  const [token, other] = [await heldBy(site.url, "Pia"), await heldBy(site.url, "Quinn")];
  const idOf = async (by: string) => {
    const me = await fetch(`${site.url}/api/me`, { headers: { authorization: `Bearer ${by}` } });
    return ((await me.json()) as { person: { id: number } }).person.id;
  };
  const [pia, quinn] = [await idOf(token), await idOf(other)];
  await site.known(62);
  const secret = await site.said({ sender_id: pia, recipient_id: quinn, message: "between us" }, token);
  const toOpen = await site.said({ sender_id: pia, recipient_id: 62, message: "to anybody" }, token);
  const key = { headers: { authorization: `Bearer ${token}`, "content-type": "application/json" } };
  const made = await fetch(`${site.url}/api/groups`, {
    method: "POST",
    ...key,
    body: JSON.stringify({ key: "g", members: [quinn] }),
  });
  const group = ((await made.json()) as { conversation: { id: number } }).conversation.id;

  const unproven: [string, string, number, object?][] = [
    ["POST", "/messages/", 403, { sender_id: pia, recipient_id: 62, message: "forged" }],
    ["GET", `/messages/?user1_id=${pia}&user2_id=${quinn}`, 403],
    ["GET", `/messages/?group_id=${group}`, 404],
    ["GET", `/messages/conversations/${pia}`, 403],
    ["PUT", `/messages/${secret.id}/read?user_id=${quinn}`, 403],
    ["PUT", `/messages/${secret.id}/read?user_id=62`, 404],
    ["POST", "/messages/", 404, { sender_id: 62, group_id: group, message: "let me in" }],
    ["POST", "/messages/", 404, { sender_id: 62, recipient_id: pia, message: "x", reply_to_id: secret.id }],
  ];
  for (const [method, path, status, body] of unproven) {
    expect([method, path, (await site.ask(method, path, { body })).status]).toEqual([method, path, status]);
  }
  for (const [method, path, , body] of unproven) {
    const { status } = await site.ask(method, path, { token: "x".repeat(40), body });
    expect([method, path, status]).toEqual([method, path, 401]);
  }
  const stranger = await heldBy(site.url, "Rosa");
  for (const [method, path, status, body] of unproven) {
    const answer = await site.ask(method, path, { token: stranger, body });
    expect([method, path, answer.status]).toEqual([method, path, status]);
  }
  // What an open person may read, whoever says they are that person may read.
  expect((await site.between(62, pia)).map(({ id }) => id)).toEqual([toOpen.id]);
  const own = await site.ask<ConversationShown[]>("GET", `/messages/conversations/${quinn}`, { token: other });
  expect(own.body.map(({ last_message }) => last_message.id)).toEqual([secret.id]);
  const read = await site.ask("PUT", `/messages/${secret.id}/read?user_id=${quinn}`, { token: other });
  expect(read.status).toBe(200);
  const both = await site.ask<{ status: string }[]>("GET", `/messages/?user1_id=${pia}&user2_id=${quinn}`, { token });
  expect(both.body).toMatchObject([{ message: "between us", status: "read" }]);
  expect(await site.ask("GET", `/messages/?group_id=${group}`, { token })).toMatchObject({ status: 200, body: [] });
});
