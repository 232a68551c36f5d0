import { afterAll, expect, test } from "bun:test";
import { startRest } from "../kit/rest.ts";

const node = startRest();
afterAll(() => node.inside.stop());

test("[REST2] a visitor gets a token, and the token says who they are", async () => {
  const { status, body } = await node.ask("POST", "/api/guests", { body: { name: "Ada Lovelace" } });
  const { token, person } = body as Awaited<ReturnType<typeof node.guest>>;
  expect(status).toBe(201);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(person).toMatchObject({ name: "Ada Lovelace", handle: "ada.lovelace" });
  expect((await node.ask("GET", "/api/me", { token })).body).toEqual({
    person,
    inbox: expect.any(Number),
  } as never);
});

test("[REST2] the same secret is the same person, whatever name comes with it, so a lost answer makes no second one", async () => {
  const secret = "s".repeat(40);
  const first = await node.ask("POST", "/api/guests", { body: { name: "Ben", secret } });
  const again = await node.ask("POST", "/api/guests", { body: { name: "Ben", secret } });
  const other = await node.ask("POST", "/api/guests", { body: { name: "Somebody else", secret } });
  expect([first.status, again.status, other.status]).toEqual([201, 200, 200]);
  expect(again.body).toEqual(first.body);
  expect(other.body).toEqual(first.body);
  expect((first.body as { token: string }).token).toBe(secret);
});

test("[REST2] a name that somebody has, or that cannot be one, is refused", async () => {
  await node.guest("Carol");
  expect(await node.refusal("POST", "/api/guests", { body: { name: "CAROL" } })).toBe("name_taken");
  expect(await node.refusal("POST", "/api/guests", { body: { name: "  " } })).toBe("bad_name");
  expect(await node.refusal("POST", "/api/guests", { body: { name: "x".repeat(65) } })).toBe("bad_name");
  expect(await node.refusal("POST", "/api/guests", { body: { name: "Dave", secret: "short" } })).toBe("bad_token");
});

test("[REST2] one's names can be changed, to ones that nobody has", async () => {
  const [eve] = [await node.guest("Eve"), await node.guest("Fred")];
  const change = { token: eve.token, body: { name: "Eve the First", handle: "Eve.1" } };
  const { body } = await node.ask("PATCH", "/api/me", change);
  expect(body).toMatchObject({ person: { id: eve.person.id, name: "Eve the First", handle: "eve.1" } });
  expect(await node.refusal("PATCH", "/api/me", { token: eve.token, body: { name: "fred" } })).toBe("name_taken");
  expect(await node.refusal("PATCH", "/api/me", { token: eve.token, body: { handle: "123" } })).toBe("bad_name");
});

test("[PEO15] people are found over HTTP by a part of a name, a page at a time, with whom one shares nothing, too", async () => {
  const people = [];
  for (const name of ["Quentin Abel", "Abel Quist", "Someone Else", "Quilla"]) people.push(await node.guest(name));
  const [abel, quist, , quilla] = people.map(({ person }) => person);
  const { token } = people[3] as { token: string };
  const found = async (query: string) => (await node.ask("GET", `/api/people?query=${query}`, { token })).body;
  expect(await found("ABEL")).toEqual({ people: [abel, quist], next: null } as never);
  expect(await found("qui&limit=1")).toEqual({ people: [quist], next: quist?.id } as never);
  expect(await found(`qui&limit=1&after=${quist?.id}`)).toEqual({ people: [quilla], next: null } as never);
  expect(await found("abel.qui")).toEqual({ people: [quist], next: null } as never);
  expect(await found("nobody-is-called-so")).toEqual({ people: [], next: null } as never);
  expect(await node.refusal("GET", "/api/people?query=a&ids=1", { token })).toBe("bad_request");
  expect(await node.refusal("GET", "/api/people?query=a&limit=0", { token })).toBe("bad_request");
  expect(await node.refusal("GET", "/api/people?query=a")).toBe("not_authenticated");
});

test("[REST3] the owner link works for one person, once, and again for that person", async () => {
  const [gwen, hugo] = [await node.guest("Gwen"), await node.guest("Hugo")];
  const { store, digests } = node.inside;
  await store.offerOwnership(digests.token("a".repeat(43)));
  await store.offerOwnership(digests.token("b".repeat(43)));
  const claim = (token: string, letter: string) => ({ token, body: { secret: letter.repeat(43) } });
  expect(await node.refusal("POST", "/api/owner", claim(gwen.token, "a"))).toBe("forbidden");
  const { body } = await node.ask("POST", "/api/owner", claim(gwen.token, "b"));
  expect(body).toMatchObject({ person: { id: gwen.person.id, role: "owner" } });
  expect(await node.refusal("POST", "/api/owner", claim(hugo.token, "b"))).toBe("forbidden");
  expect((await node.ask("POST", "/api/owner", claim(gwen.token, "b"))).status).toBe(200);
});

test("[PEO12] an account is ended over HTTP as well; a repeat is told that nobody has the token", async () => {
  const gone = await node.guest("Short Stay");
  const ended = await node.ask("DELETE", "/api/me", { token: gone.token, key: "bye" });
  expect(ended).toEqual({ status: 200, body: {} as never });
  expect(await node.refusal("DELETE", "/api/me", { token: gone.token, key: "bye" })).toBe("bad_token");
  expect((await node.guest("Short Stay")).person.id).not.toBe(gone.person.id);
});

test("[PEO19] people with negative ids and 0 are asked for, added and paged like others", async () => {
  const ann = await node.guest("Ann of the numbers");
  for (const id of [-4, 0]) await node.inside.store.numberedPerson(id, Date.now());
  const { body: found } = await node.ask("GET", "/api/people?ids=-4,0,-9", { token: ann.token });
  expect((found as { people: { id: number }[] }).people.map(({ id }) => id)).toEqual([-4, 0]);
  const room = await node.ask("POST", "/api/rooms", { token: ann.token, body: { key: "numbers", name: "Numbers" } });
  const { id } = (room.body as { conversation: { id: number } }).conversation;
  const at = `/api/conversations/${id}/members`;
  for (const user of [-4, 0])
    await node.ask("PUT", `${at}/${user}`, { token: ann.token, body: { key: `add:${user}` } });
  const { body: list } = await node.ask("GET", `${at}?after=-4`, { token: ann.token });
  expect((list as { members: { user: number }[] }).members.map(({ user }) => user)).toEqual([0, ann.person.id]);
  expect(await node.refusal("GET", "/api/people?ids=-0", { token: ann.token })).toBe("bad_request");
});
