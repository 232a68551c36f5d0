import { expect, test } from "bun:test";
import { Stage } from "../kit/stage.ts";

const codeOf = (done: Promise<unknown>) => done.then(() => "done").catch((error) => error.code);

test("[LOG16] a reply names a message that is there; nothing else, and none of another conversation", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const [at, other] = [await stage.room(ada, ben), await stage.room(ada)];
  const { seq } = await stage.post(ada, at, "a question");
  for (let more = 0; more < 3; more++) await stage.post(ada, other, "elsewhere");
  const reply = (reply_to: number, key = stage.key()) =>
    stage.chat.run({ user: ben }, "post", { key, conversation: at, text: "an answer", reply_to });
  const answer = await reply(seq, "k");
  expect((await stage.store.entry(at, answer.seq))?.body).toEqual({ text: "an answer", reply_to: seq });
  for (const none of [0, 1, 2, answer.seq + 1, 99]) expect(await codeOf(reply(none))).toBe("not_found");
  expect(await reply(seq, "k")).toEqual(answer);
  expect(await codeOf(reply(answer.seq, "k"))).toBe("key_reused");
  const plain = { key: "k", conversation: at, text: "an answer" };
  expect(await codeOf(stage.chat.run({ user: ben }, "post", plain))).toBe("key_reused");

  await stage.chat.run({ user: ada }, "delete", { key: "d", conversation: at, target: seq });
  expect(await codeOf(reply(seq))).toBe("done");
});

test("[LOG16] in a group nobody replies to what was said while they were away", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const made = await stage.chat.run({ user: ada }, "create_group", { key: "g", members: [] });
  const at = made.conversation.id;
  const before = await stage.post(ada, at, "between us");
  await stage.chat.run({ user: ada }, "add_member", { key: "a", conversation: at, user: ben.id });
  const after = await stage.post(ada, at, "hello Ben");
  const reply = (reply_to: number) =>
    codeOf(stage.chat.run({ user: ben }, "post", { key: stage.key(), conversation: at, text: "hm", reply_to }));
  expect([await reply(before.seq), await reply(after.seq)]).toEqual(["not_found", "done"]);
});

test("[LOG14] whoever may read an entry finds it by its id, and to everybody else it does not exist", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const made = await stage.chat.run({ user: ada }, "create_group", { key: "g", members: [] });
  const at = made.conversation.id;
  const before = await stage.post(ada, at, "between us");
  const find = (user: typeof ada, id: number) =>
    stage.chat.located({ user }, id).then(
      ({ conversation, entry }) => [conversation, entry.seq],
      (error) => error.code,
    );
  expect(await find(ada, before.entry)).toEqual([at, before.seq]);
  expect(await find(ben, before.entry)).toBe("not_found");
  await stage.chat.run({ user: ada }, "add_member", { key: "a", conversation: at, user: ben.id });
  const after = await stage.post(ada, at, "hello Ben");
  expect([await find(ben, before.entry), await find(ben, after.entry)]).toEqual(["not_found", [at, after.seq]]);
  for (const id of [0, -1, 0.5, Number.NaN, after.entry + 99]) expect(await find(ada, id)).toBe("not_found");
});

test("[LOG17] a blank text is refused, and written for whoever comes through a dialect that carries it", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  const at = await stage.room(ada);
  for (const text of ["", " \n\t "]) {
    const post = { key: stage.key(), conversation: at, text };
    expect(await codeOf(stage.chat.run({ user: ada }, "post", post))).toBe("text_empty");
    const { seq } = await stage.chat.run({ user: ada, saysBlank: true }, "post", post);
    expect((await stage.store.entry(at, seq))?.body).toEqual({ text });
  }
  const long = { key: stage.key(), conversation: at, text: " ".repeat(8001) };
  expect(await codeOf(stage.chat.run({ user: ada, saysBlank: true }, "post", long))).toBe("text_too_long");
});
