import { expect, test } from "bun:test";
import { FIRST_NATIVE_USER, FIRST_USER } from "@parley/protocol/ids";
import { calledIn, personOf } from "@parley/server/core/summary";
import { Stage } from "../kit/stage.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });

test("[PEO16] an open guest is the same for whoever gives exactly this name, and everybody sees that they are open", async () => {
  const stage = new Stage();
  const { people } = stage.chat;
  const ann = await people.open(" Ann ");
  expect(await people.open(" Ann ")).toEqual(ann);
  expect((await people.open("Ann")).id).not.toBe(ann.id);
  expect(personOf(ann)).toEqual({ id: ann.id, name: " Ann ", handle: "", kind: "guest", role: "guest", open: true });
});

test("[PEO16] a number below 1,000,000 is made open at first use; any other must be there, and open, or proves itself", async () => {
  const { people } = new Stage().chat;
  for (const id of [FIRST_USER, -1, 0, FIRST_NATIVE_USER - 1]) {
    expect(await people.numbered(id)).toMatchObject({ id, name: `User ${id}`, open: true });
  }
  const named = await people.open("Ann");
  const held = await people.enrol("Bob", "b".repeat(32));
  expect(await people.numbered(named.id)).toEqual(named);
  await expect(people.numbered(held.id)).rejects.toEqual(code("name_taken"));
  for (const id of [held.id + 1, FIRST_USER - 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(people.numbered(id)).rejects.toEqual(code("not_found"));
  }
});

test("[PEO17] an open name that looks like a held one is taken, also for a number whose person took that name before", async () => {
  const { people } = new Stage().chat;
  const open = await people.open("Bob");
  await people.enrol("Вob", "b".repeat(32));
  await expect(people.open("BOB")).rejects.toEqual(code("name_taken"));
  await expect(people.open("Bob")).rejects.toEqual(code("name_taken"));
  await expect(people.numbered(open.id)).rejects.toEqual(code("name_taken"));
});

test("[PEO18] a dialect says how long a name may be, and a bad one is nobody's", async () => {
  const { people } = new Stage().chat;
  expect((await people.open("a".repeat(20), 20)).name).toBe("a".repeat(20));
  await expect(people.open("a".repeat(21), 20)).rejects.toEqual(code("bad_name"));
  await expect(people.open("a".repeat(65))).rejects.toEqual(code("bad_name"));
  await expect(people.open("\u202eAnn")).rejects.toEqual(code("bad_name"));
});

test("[PEO16] an open person is not mentioned, and hears in their inbox what concerns them", async () => {
  const stage = new Stage();
  const [ann, bob] = [await stage.person("Ann"), await stage.chat.people.open("bob")];
  const at = await stage.room(ann, bob);
  await stage.post(ann, at, "hello @bob and @ann");
  const [said] = (await stage.store.entries(at, 0, 10, 1e6)).filter(({ kind }) => kind === "message");
  expect(said?.body).toEqual({ text: "hello @bob and @ann", mentions: [ann.id] });
  await stage.chat.run({ user: ann }, "delete_room", { key: "end", conversation: at });
  expect((await stage.store.entries(bob.inbox, 0, 10, 1e6)).map(({ kind }) => kind)).toEqual(["added", "dissolved"]);
});

test("[PEO19] people with negative ids are on the lists, and learn that their room ended", async () => {
  const stage = new Stage();
  const [ann, low] = [await stage.person("Ann"), await stage.chat.people.numbered(-3)];
  const at = await stage.room(ann, low);
  const { members, people } = await stage.chat.run({ user: ann }, "list_members", { conversation: at });
  expect(members.map(({ user }) => user)).toEqual([-3, ann.id]);
  expect(people[0]).toEqual(personOf(low));
  const rest = await stage.chat.run({ user: ann }, "list_members", { conversation: at, after: -3 });
  expect(rest.members.map(({ user }) => user)).toEqual([ann.id]);
  const found = await stage.chat.run({ user: ann }, "find_people", { query: "USER -3" });
  expect(found.people).toEqual([personOf(low)]);
  await stage.chat.run({ user: ann }, "delete_room", { key: "end", conversation: at });
  expect((await stage.store.entries(low.inbox, 0, 10, 1e6)).map(({ kind }) => kind)).toEqual(["added", "dissolved"]);
});

test("[PEO20] dialects call an open person by their name, and everybody else by their unique name", async () => {
  const stage = new Stage();
  expect(calledIn(await stage.chat.people.open("Ann Lee "))).toBe("Ann Lee ");
  expect(calledIn(await stage.chat.people.numbered(-3))).toBe("User -3");
  expect(calledIn(await stage.person("Bob Lee"))).toBe("bob.lee");
});
