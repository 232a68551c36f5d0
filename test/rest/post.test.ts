import { afterAll, expect, test } from "bun:test";
import { startRest } from "../kit/rest.ts";

const node = startRest();
afterAll(() => node.inside.stop());

const ada = await node.guest("Ada");
const room = await node.room(ada.token, "Room");
const at = `/api/conversations/${room}/messages`;
const { token } = ada;

async function texts(): Promise<unknown[]> {
  const { body } = await node.ask("GET", at, { token });
  return (body as { items: { kind: string; text: string }[] }).items
    .filter((item) => item.kind === "message")
    .map((item) => item.text);
}

test("[REST4] the first time is 201, every further time 200, with the same place in the log", async () => {
  const ask = () => node.ask("POST", at, { token, key: "once", body: { text: "only once" } });
  const [first, second] = [await ask(), await ask()];
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  expect((await texts()).filter((text) => text === "only once")).toHaveLength(1);
});

test("[REST4] of many at once with one key, one is written and all are told its place", async () => {
  const asked = Array.from({ length: 20 }, () => node.ask("POST", at, { token, key: "race", body: { text: "race" } }));
  const answers = await Promise.all(asked);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect((await texts()).filter((text) => text === "race")).toHaveLength(1);
});

test("[REST4] a key used for something else is refused, and changes nothing", async () => {
  await node.ask("POST", at, { token, key: "k", body: { text: "first" } });
  expect(await node.refusal("POST", at, { token, key: "k", body: { text: "second" } })).toBe("key_reused");
  expect(await texts()).not.toContain("second");
});

test("[REST4] the key comes by header or in the body; both must agree, and one must be there", async () => {
  expect((await node.ask("POST", at, { token, body: { key: "in-body", text: "a" } })).status).toBe(201);
  expect((await node.ask("POST", at, { token, key: "in-body", body: { text: "a" } })).status).toBe(200);
  expect((await node.ask("POST", at, { token, key: "in-body", body: { key: "in-body", text: "a" } })).status).toBe(200);
  for (const asking of [
    { key: "x", body: { key: "y", text: "a" } },
    { body: { text: "a" } },
    { key: "a b", body: { text: "a" } },
  ]) {
    expect(await node.refusal("POST", at, { token, ...asking })).toBe("bad_key");
  }
});

test("[REST4] edits and deletions are carried out once as well", async () => {
  const { body } = await node.ask("POST", at, { token, key: "m", body: { text: "draft" } });
  const message = `${at}/${(body as { seq: number }).seq}`;
  const edit = () => node.ask("PATCH", message, { token, key: "e", body: { text: "final" } });
  expect(await edit()).toEqual(await edit());
  expect(await texts()).toContain("final");
  const remove = () => node.ask("DELETE", message, { token, key: "d" });
  expect(await remove()).toEqual(await remove());
  expect(await texts()).not.toContain("final");
});

test("[REST4] the same key makes one room, for each person their own", async () => {
  const ben = await node.guest("Ben");
  const make = (who: string) => node.ask("POST", "/api/rooms", { token: who, key: "room", body: { name: "Twice" } });
  const [first, again, other] = [await make(token), await make(token), await make(ben.token)];
  const idOf = ({ body }: { body: { conversation: { id: number } } }) => body.conversation.id;
  expect(idOf(again)).toBe(idOf(first));
  expect(idOf(other)).not.toBe(idOf(first));
});
