import { expect, test } from "bun:test";
import type { User } from "@parley/server/core/rows";
import { Line, startNode } from "../kit/node.ts";
import { Stage } from "../kit/stage.ts";

const codeOf = (done: Promise<unknown>) => done.then(() => "done").catch((error) => error.code);

/** Two people on a stage, and short ways to say what they do. */
async function two() {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const run = (by: User, command: "block" | "unblock", user: User) =>
    stage.chat.run({ user: by }, command, { key: stage.key(), user: user.id });
  const direct = async (by: User, user: User) =>
    (await stage.chat.run({ user: by }, "open_direct", { key: stage.key(), user: user.id })).conversation.id;
  return { stage, ada, ben, run, direct };
}

test("[PEO25] whoever is blocked posts and edits no more in the direct, nor does whoever blocked them, until it is taken back", async () => {
  const { stage, ada, ben, run, direct } = await two();
  const at = await direct(ben, ada);
  const { seq } = await stage.post(ben, at, "hello");
  const edit = (key: string) =>
    codeOf(stage.chat.run({ user: ben }, "edit", { key, conversation: at, target: seq, text: "hm" }));
  await run(ada, "block", ben);
  expect(await codeOf(stage.post(ben, at, "are you there?"))).toBe("blocked");
  expect(await codeOf(stage.post(ada, at, "and another thing"))).toBe("blocked");
  expect(await edit("e1")).toBe("blocked");
  expect((await stage.chat.run({ user: ben }, "history", { conversation: at })).items).toHaveLength(4);
  expect(await codeOf(stage.chat.run({ user: ben }, "delete", { key: "d", conversation: at, target: seq }))).toBe(
    "done",
  );
  await run(ada, "unblock", ben);
  expect(await codeOf(stage.post(ben, at, "hello again"))).toBe("done");
  expect(await codeOf(stage.post(ada, at, "hello"))).toBe("done");
});

test("[PEO25] a direct that is not there is not opened by either of the two, and one that is there is found", async () => {
  const { ada, ben, run, direct, stage } = await two();
  const eva = await stage.person("Eva");
  await run(ada, "block", ben);
  for (const [by, other] of [
    [ben, ada],
    [ada, ben],
  ] as const)
    expect(await codeOf(direct(by, other))).toBe("blocked");
  const at = await direct(ada, eva);
  await run(ada, "block", eva);
  expect([await direct(ada, eva), await direct(eva, ada)]).toEqual([at, at]);
});

test("[PEO25] in rooms and groups a block changes nothing", async () => {
  const { stage, ada, ben, run } = await two();
  const room = await stage.room(ada, ben);
  const group = await stage.chat.run({ user: ada }, "create_group", { key: "g", members: [ben.id] });
  await run(ada, "block", ben);
  for (const at of [room, group.conversation.id]) expect(await codeOf(stage.post(ben, at, "hello"))).toBe("done");
});

test("[PEO25] what was posted before the block stays posted under its key", async () => {
  const { stage, ada, ben, run, direct } = await two();
  const at = await direct(ben, ada);
  const post = () => stage.chat.run({ user: ben }, "post", { key: "k", conversation: at, text: "hello" });
  const receipt = await post();
  await run(ada, "block", ben);
  expect(await post()).toEqual(receipt);
});

test("[PEO26] one may block anybody but oneself, and nobody who does not exist", async () => {
  const { stage, ada, ben, run } = await two();
  expect(await codeOf(run(ada, "block", ada))).toBe("forbidden");
  expect(await codeOf(run(ada, "block", { ...ben, id: 77 }))).toBe("not_found");
  expect(await codeOf(run(ada, "block", await stage.chat.house()))).toBe("done");
  expect(await codeOf(run(ada, "block", await stage.chat.people.numbered(-5)))).toBe("done");
  expect((await stage.chat.run({ user: ada }, "blocks", {})).people[0]?.id).toBe(-5);
});

test("[PEO27] the list of whom one blocked comes page by page, by the ids", async () => {
  const stage = new Stage({ limits: { page: 2 } });
  const ada = await stage.person("Ada");
  const ids: number[] = [];
  for (const name of ["Ben", "Cid", "Dee"]) ids.push((await stage.person(name)).id);
  for (const user of [...ids].reverse()) await stage.chat.run({ user: ada }, "block", { key: stage.key(), user });
  const page = (more: object) => stage.chat.run({ user: ada }, "blocks", more);
  const first = await page({ limit: 50 });
  expect([first.people.map(({ id }) => id), first.next]).toEqual([ids.slice(0, 2), ids[1] as number]);
  expect(await page({ after: first.next })).toMatchObject({
    people: [{ id: ids[2] as number, name: "Dee" }],
    next: null,
  });
});

test("[PEO27] every device of whoever blocks is told of it, and the other one of nothing; their typing is refused", async () => {
  const node = startNode();
  const [one, other, ben] = [
    await Line.enter(node.url, "Ada"),
    await Line.enter(node.url, "Ada"),
    await Line.enter(node.url, "Ben"),
  ];
  const [ada, bens] = [await idOf(one), await idOf(ben)];
  const opened = (await ben.ask({ t: "open_direct", key: "d", user: ada })) as {
    result: { conversation: { id: number } };
  };
  const at = opened.result.conversation.id;
  await one.ask({ t: "block", key: "b", user: bens });
  await other.until((frame) => frame.t === "entries" && frame.entries.some(({ kind }) => kind === "blocked"));
  for (const [line, conversation] of [
    [ben, at],
    [one, at],
  ] as const) {
    const told = await line.ask({ t: "typing", conversation, active: true });
    expect(told).toMatchObject({ t: "error", code: "blocked" });
  }
  expect(await ben.ask({ t: "post", key: "p", conversation: at, text: "hm" })).toMatchObject({ code: "blocked" });
  expect(JSON.stringify(ben.frames)).not.toContain('"kind":"blocked"');
  await one.ask({ t: "unblock", key: "u", user: bens });
  expect(await ben.ask({ t: "typing", conversation: at, active: true })).toMatchObject({ t: "ok" });
  expect(node.faults).toEqual([]);
  await node.stop();
});

async function idOf(line: Line): Promise<number> {
  const welcome = await line.until(({ t }) => t === "welcome");
  return (welcome as { you: { id: number } }).you.id;
}
