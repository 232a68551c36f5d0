import { afterAll, expect, test } from "bun:test";
import { ChatError } from "@parley/protocol/errors";
import { memoryStore } from "@parley/server/store/memory/memory";
import { codesOf, roomBy, textsOf } from "../kit/heard.ts";
import { Line, startNode } from "../kit/node.ts";

const node = startNode();
afterAll(() => node.stop());

test("[SOCK8] a write that is still being decided when the refused one comes again does not overtake it", async () => {
  const store = memoryStore();
  const [commit, usersByHandle] = [store.commit.bind(store), store.usersByHandle.bind(store)];
  const [asked, decided] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let full = false;
  store.commit = async (...batch) => {
    if (full) throw new ChatError("unavailable");
    return commit(...batch);
  };
  const strict = startNode({ store });
  const line = await Line.enter(strict.url, "Ada");
  const conversation = await roomBy(line);
  const post = (id: number, text: string) => ({ t: "post", id, key: `k${text.slice(0, 3)}`, conversation, text });
  store.usersByHandle = async (handles) => {
    asked.resolve();
    await decided.promise;
    return usersByHandle(handles);
  };
  full = true;
  line.say([post(801, "one"), post(802, "two @ada")]);
  await line.until((frame) => frame.t === "error" && frame.id === 801);
  await asked.promise;
  full = false;
  line.say([post(803, "one"), post(804, "two @ada")]);
  // Nothing waits for its turn that cannot be read: its answer says that what came before it is there.
  line.say([{ t: "fly", id: 805 }]);
  await line.until((frame) => frame.t === "error" && frame.id === 805);
  decided.resolve();
  await line.until(() => textsOf(line).length === 2);
  expect(textsOf(line)).toEqual(["one", "two @ada"]);
  expect(codesOf(line)).toEqual(["unavailable", "unknown_command", "out_of_order"]);
  await strict.stop();
});

test("[SOCK8] a refusal for good holds up nothing, and what is sent again after it stands where that is carried out", async () => {
  const [ada, ben] = [await Line.enter(node.url, "Ada of refusals"), await Line.enter(node.url, "Ben of refusals")];
  const conversation = await roomBy(ada);
  const post = (key: string) => ben.ask({ t: "post", key, conversation, text: key });
  expect(await post("early")).toMatchObject({ code: "not_member" });
  await ben.ask({ t: "join", key: "j", conversation });
  ben.say([
    { t: "post", id: 811, key: "later", conversation, text: "later" },
    { t: "post", id: 812, key: "early", conversation, text: "early" },
    { t: "post", id: 813, key: "early", conversation, text: "early" },
  ]);
  await ada.until(() => textsOf(ada).length === 2);
  await ben.until((frame) => frame.t === "ok" && frame.id === 813);
  expect(textsOf(ada)).toEqual(["later", "early"]);
});
