import { afterAll, expect, test } from "bun:test";
import { commands, type Result } from "@parley/protocol/commands";
import type { Operation } from "@parley/protocol/operation";
import { ELSEWHERE, type OperationName, operations } from "@parley/protocol/operations";
import { startRest } from "../kit/rest.ts";

const node = startRest();
afterAll(() => node.inside.stop());

const table = Object.entries<Operation>(operations);

function shapeOf(schema: { shape: object } | undefined): string[] {
  return Object.keys(schema?.shape ?? {});
}

test("[REST1] path, query and body of an operation share no name, and the path names its fields", () => {
  for (const [name, { path, params, query, body }] of table) {
    const fields = [...shapeOf(params), ...shapeOf(query), ...shapeOf(body)];
    expect({ name, twice: fields.filter((field, i) => fields.indexOf(field) < i) }).toEqual({ name, twice: [] });
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
    expect({ name, named }).toEqual({ name, named: shapeOf(params) });
  }
});

test("[REST1] an operation that is a command has its name and gives all its arguments", () => {
  for (const [name, { command, keyed, params, query, body }] of table) {
    if (!command) continue;
    expect<string>(name).toBe(command);
    const given = [...shapeOf(params), ...shapeOf(query), ...shapeOf(body), ...(keyed ? ["key"] : [])];
    const wanted = shapeOf(commands[command].args);
    expect({ name, given: [...new Set(given)].sort() }).toEqual({ name, given: wanted.sort() });
  }
});

test("[REST17] every command can be given over HTTP as well, or it is said why not", () => {
  for (const command of Object.keys(commands) as (keyof typeof commands)[]) {
    const own: Operation | undefined = command in operations ? operations[command as OperationName] : undefined;
    const given = [
      ...shapeOf(own?.params),
      ...shapeOf(own?.query),
      ...shapeOf(own?.body),
      ...(own?.keyed ? ["key"] : []),
    ];
    const same = own !== undefined && shapeOf(commands[command].args).every((name) => given.includes(name));
    const elsewhere = ELSEWHERE[command];
    const known = typeof elsewhere === "string" ? elsewhere in operations : (elsewhere?.because ?? "").length > 10;
    expect({ command, same, known }).toEqual({ command, same: !elsewhere, known: Boolean(elsewhere) });
  }
});

test("[REST1] people talk in a room without any socket, and every answer has the shape of its contract", async () => {
  const [ada, ben] = [await node.guest("Ada"), await node.guest("Ben")];
  const room = await node.room(ada.token, "The library");
  const at = `/api/conversations/${room}`;
  const { body: rooms } = await node.ask("GET", "/api/rooms?query=libr&limit=5", ben);
  expect(rooms).toMatchObject({ rooms: [{ id: room, name: "The library", joined: false }], next: null });
  expect(await node.ask("POST", `${at}/join`, { token: ben.token, key: "j" })).toMatchObject({ status: 200 });
  for (const text of ["one", "two", "three"]) {
    await node.ask("POST", `${at}/messages`, { token: ada.token, body: { key: text, text } });
  }
  await node.ask("PATCH", `${at}/messages/4`, { token: ada.token, key: "e", body: { text: "one!" } });
  await node.ask("DELETE", `${at}/messages/5`, { token: ada.token, key: "d" });
  const { body: page } = await node.ask("GET", `${at}/messages?limit=3`, ben);
  expect(page).toMatchObject({ as_of: 8, items: [{ text: "one!" }, { text: null, deleted: true }, { text: "three" }] });
  const { body: earlier } = await node.ask("GET", `${at}/messages?before=4`, ben);
  expect(earlier).toMatchObject({ from: 1, to: 3, items: [{}, {}, {}] });
  expect((await node.ask("GET", `${at}`, ben)).body).toMatchObject({ conversation: { unread: 2, head: 8 } });
  const { body: marks } = await node.ask("PUT", `${at}/marks`, { token: ben.token, body: { read: 8 } });
  expect(marks).toEqual({ delivered: 8, read: 8, unread: 0, mentions: 0, as_of: 8 } as never);
  const { body: receipts } = await node.ask("GET", `${at}/messages/6/receipts`, ada);
  expect(receipts).toMatchObject({ others: 1, delivered: 1, read: 1 });
});

test("[REST1] people keep company in groups and directs, and know each other by id", async () => {
  const [cid, dot, eve] = [await node.guest("Cid"), await node.guest("Dot"), await node.guest("Eve")];
  const ids = [cid, dot, eve].map(({ person }) => person.id);
  const { body: people } = await node.ask("GET", `/api/people?ids=${ids.join(",")},77`, cid);
  expect((people as { people: { id: number }[] }).people.map(({ id }) => id).sort()).toEqual(ids);
  const group = { token: cid.token, key: "g", body: { members: [dot.person.id], name: "Three" } };
  const { status, body } = await node.ask("POST", "/api/groups", group);
  expect(status).toBe(201);
  const at = `/api/conversations/${(body as { conversation: { id: number } }).conversation.id}`;
  await node.ask("PUT", `${at}/members/${eve.person.id}`, { token: dot.token, key: "a" });
  const { body: members } = await node.ask("GET", `${at}/members?limit=2`, eve);
  expect(members).toMatchObject({ members: [{ role: "owner" }, { role: "member" }], next: dot.person.id });
  await node.ask("DELETE", `${at}/members/${eve.person.id}`, { token: cid.token, key: "r" });
  expect(await node.refusal("GET", at, eve)).toBe("not_found");
  await node.ask("PATCH", at, { token: dot.token, key: "n", body: { name: "Two" } });
  await node.ask("POST", `${at}/leave`, { token: dot.token, key: "l" });
  const direct = { token: cid.token, key: "d", body: { user: dot.person.id } };
  const opened = await node.ask("POST", "/api/directs", direct);
  const same = await node.ask("POST", "/api/directs", { token: dot.token, key: "x", body: { user: cid.person.id } });
  const idOf = ({ body }: { body: { conversation: { id: number } } }) => body.conversation.id;
  expect(idOf(opened)).toBe(idOf(same));
});

test("[REST1] an author, and the server's owner who is not there, read in the ledger who has a message since when", async () => {
  const [ivy, jon, kit] = [await node.guest("Ivy"), await node.guest("Jon"), await node.guest("Kit")];
  const direct = { token: ivy.token, key: "d", body: { user: jon.person.id } };
  const { body } = await node.ask("POST", "/api/directs", direct);
  const at = `/api/conversations/${(body as { conversation: { id: number } }).conversation.id}`;
  const sent = await node.ask("POST", `${at}/messages`, { token: ivy.token, body: { key: "m", text: "A secret" } });
  const ledger = `${at}/messages/${(sent.body as { seq: number }).seq}/receipts`;
  expect((await node.ask("GET", ledger, ivy)).body).toMatchObject({ read: 0, by: [{ user: jon.person.id }] });
  await node.ask("PUT", `${at}/marks`, { token: jon.token, body: { read: 4 } });
  const { by, committed, ...counts } = (await node.ask("GET", ledger, ivy)).body as Result<"receipts">;
  expect(counts).toMatchObject({ others: 1, delivered: 1, read: 1 });
  expect(by?.[0]?.read).toBeGreaterThanOrEqual(committed);
  expect((await node.ask("GET", ledger, jon)).body).not.toHaveProperty("by");
  expect(await node.refusal("GET", ledger, kit)).toBe("not_found");
  await node.inside.store.offerOwnership(node.inside.digests.token("s".repeat(43)));
  await node.ask("POST", "/api/owner", { token: kit.token, body: { secret: "s".repeat(43) } });
  expect((await node.ask("GET", ledger, kit)).body).toEqual({ by, committed, ...counts, marks: [] } as never);
  expect(await node.refusal("GET", `${at}/messages`, kit)).toBe("not_found");
});

test("[REST1] the list of one's conversations is paged by id", async () => {
  const fay = await node.guest("Fay");
  const rooms = [
    await node.room(fay.token, "One"),
    await node.room(fay.token, "Two"),
    await node.room(fay.token, "3rd"),
  ];
  type List = { conversations: { id: number }[]; next: number | null };
  const { body: first } = await node.ask("GET", "/api/conversations?limit=2", fay);
  expect((first as List).conversations.map(({ id }) => id)).toEqual(rooms.slice(0, 2));
  expect((first as List).next).toBe(rooms[1] ?? null);
  const { body: second } = await node.ask("GET", `/api/conversations?after=${rooms[1]}&limit=2`, fay);
  expect(second).toMatchObject({ conversations: [{ id: rooms[2] }], next: null, people: [{ id: fay.person.id }] });
});

test("[REST1] an ended room is gone for its members", async () => {
  const [gil, hal] = [await node.guest("Gil"), await node.guest("Hal")];
  const room = await node.room(gil.token, "Short-lived");
  const at = `/api/conversations/${room}`;
  await node.ask("POST", `${at}/join`, { token: hal.token, key: "j" });
  expect(await node.refusal("DELETE", at, { token: hal.token, key: "x" })).toBe("forbidden");
  const ended = await node.ask("DELETE", at, { token: gil.token, key: "x" });
  expect(await node.ask("DELETE", at, { token: gil.token, key: "x" })).toEqual(ended);
  expect(await node.refusal("GET", `${at}/messages`, hal)).toBe("gone");
});
