import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import { ERRORS } from "@parley/protocol/errors";
import { DirectSite } from "../kit/direct-site.ts";
import { native, said } from "../kit/natives.ts";
import { OneParley } from "../kit/one-parley.ts";
import { until } from "../kit/replicas.ts";

const parley = new OneParley();
const refused = { type: "error", message: ERRORS.blocked.title };
let site: DirectSite;
let ida: Client;

beforeAll(async () => {
  site = new DirectSite(parley.url);
  ida = await native(site.url, "Ida");
});
afterAll(async () => {
  ida.disconnect();
});

const idaId = () => ida.me?.id as number;

test("[DIA115] direct: whoever is blocked is answered by an error to messages and typing, also before the first one, and heard again afterwards", async () => {
  const bob = await site.enter(2);
  await ida.call("block", { user: 2 });
  bob.say({ type: "typing", recipient_id: idaId(), is_typing: true });
  bob.say({ type: "message", recipient_id: idaId(), message: "hello?" });
  for (let told = 0; told < 2; told++) expect(await bob.json()).toEqual(refused);
  expect(ida.conversations()).toEqual([]);

  await ida.call("unblock", { user: 2 });
  bob.say({ type: "message", recipient_id: idaId(), message: "hello!" });
  expect((await bob.json()).type).toBe("message_sent");
  expect((await bob.json()).type).toBe("message_delivered");
  await until(ida, () => ida.conversations().length === 1);
  const id = ida.conversations()[0]?.id as number;

  await ida.call("block", { user: 2 });
  bob.say({ type: "typing", recipient_id: idaId(), is_typing: true });
  bob.say({ type: "message", recipient_id: idaId(), message: "still there?" });
  for (let told = 0; told < 2; told++) expect(await bob.json()).toEqual(refused);
  bob.say({ type: "ping" });
  expect((await bob.json()).type).toBe("pong");
  expect(said(ida, id)).toEqual(["User 2: hello!"]);
  const mine = ida.call("post", { conversation: id, text: "and another thing" });
  expect(await mine.catch(({ code }) => code)).toBe("blocked");
  expect(await bob.rest()).toEqual([]);
  await bob.leave();
});

test("[DIA115] direct: over HTTP whoever is blocked is answered 403, and old numbers talk on with each other", async () => {
  await site.known(12, 13);
  await ida.call("block", { user: 12 });
  const body = { sender_id: 12, recipient_id: idaId(), message: "hello?" };
  const answer = await site.ask("POST", "/messages/", { body });
  expect([answer.status, answer.body.detail]).toEqual([403, ERRORS.blocked.title]);
  expect(await site.ask("POST", "/messages/", { body: { ...body, recipient_id: 13 } })).toMatchObject({ status: 201 });
  expect(await site.ask("POST", "/messages/", { body: { ...body, sender_id: 13 } })).toMatchObject({ status: 201 });
});
