import { afterAll, expect, test } from "bun:test";
import { type Client, createClient } from "@parley/client";
import { startNode } from "../kit/node.ts";
import { enter, until } from "../kit/replicas.ts";

const node = startNode();
afterAll(() => node.stop());

function keeping() {
  const kept = new Map<string, string>();
  return {
    kept,
    keep: {
      get: (name: string) => kept.get(name) ?? null,
      set: (name: string, value: string | null) => void (value === null ? kept.delete(name) : kept.set(name, value)),
    },
  };
}

function device() {
  const { kept, keep } = keeping();
  return { kept, client: createClient({ url: node.url.replace(/^ws/, "http").replace("/socket", ""), keep }) };
}

const lineOf = (client: Client) => client.line.is;

test("[SDK41] with a password one signs in on another device, as the same person with the same conversations", async () => {
  const first = await enter(node.url, "Ada");
  const room = await first.createRoom({ name: "Garden" });
  expect(await first.setPassword("a good password")).toMatchObject({ kind: "member" });
  await until(first, () => first.me?.kind === "member");
  const { client, kept } = device();
  expect(await client.signIn("ada", "a good password")).toMatchObject({ id: first.me?.id as number });
  await until(client, () => client.conversation(room.id) !== undefined);
  expect(JSON.stringify([...kept])).not.toContain("good password");
  client.disconnect();
  await client.signIn();
  await until(client, () => lineOf(client) === "live");
  client.disconnect();
  first.disconnect();
});

test("[SDK41] after a wrong password whoever was here before is here again, and another try may be right", async () => {
  const ben = await enter(node.url, "Ben");
  await ben.setPassword("a good password");
  const { client, kept } = device();
  await client.signIn("A visitor");
  const [visitor, token] = [client.me?.id, kept.get("parley.token")];
  client.disconnect();
  const another = createClient({ url: node.url.replace(/^ws/, "http").replace("/socket", ""), keep: keepOf(kept) });
  await expect(another.signIn("Ben", "a guess")).rejects.toMatchObject({ code: "wrong_password" });
  expect([lineOf(another), kept.get("parley.token")]).toEqual(["signed_out", token]);
  expect((await another.signIn()).id).toBe(visitor as number);
  another.signOut();
  expect((await another.signIn("Ben", "a good password")).id).toBe(ben.me?.id as number);
  another.disconnect();
  ben.disconnect();
});

test("[SDK41] a person waits for the answer to a password: too many tries are told, and not repeated behind their back", async () => {
  const { client } = device();
  for (let guess = 0; guess < 10; guess++) {
    await expect(client.signIn("Nobody", "a guess")).rejects.toMatchObject({ code: "wrong_password" });
  }
  await expect(client.signIn("Nobody", "a guess")).rejects.toMatchObject({ code: "too_fast" });
  expect(lineOf(client)).toBe("signed_out");
});

test("[SDK41] a member who signs out ends their token; everywhere, all of them", async () => {
  const first = await enter(node.url, "Cleo");
  await first.setPassword("a good password");
  await until(first, () => first.me?.kind === "member");
  const [one, two] = [device(), device()];
  await one.client.signIn("Cleo", "a good password");
  await two.client.signIn("Cleo", "a good password");
  await until(one.client, () => one.client.me?.kind === "member" && lineOf(one.client) === "live");
  const token = one.kept.get("parley.token") as string;
  one.client.signOut();
  expect([lineOf(one.client), one.kept.get("parley.token")]).toEqual(["signed_out", undefined]);
  while (await node.chat.people.byToken(token).catch(() => null)) await Bun.sleep(1);
  expect(lineOf(two.client)).toBe("live");

  await two.client.signOutEverywhere();
  expect([lineOf(two.client), two.client.me, two.kept.get("parley.token")]).toEqual(["signed_out", null, undefined]);
  await until(first, () => lineOf(first) === "stopped");
  await expect(first.signIn()).rejects.toMatchObject({ code: "bad_token" });
  expect(node.faults).toEqual([]);
});

function keepOf(kept: Map<string, string>) {
  return {
    get: (name: string) => kept.get(name) ?? null,
    set: (name: string, value: string | null) => void (value === null ? kept.delete(name) : kept.set(name, value)),
  };
}
