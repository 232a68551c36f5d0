import { afterEach, expect, test } from "bun:test";
import { createClient } from "@parley/client";
import type { ServerFrameOf } from "@parley/protocol/frames";
import { limited } from "@parley/server/gateways/rates";
import { systemClock } from "@parley/server/observe/clock";
import { roomBy } from "../kit/heard.ts";
import { Line, startNode } from "../kit/node.ts";

type Node = ReturnType<typeof startNode>;

let node: Node | null = null;
afterEach(async () => {
  await node?.stop();
  node = null;
});

const MANY = { perSecond: 100_000, burst: 100_000 };

function start(perSecond: number, burst: number): Node {
  const rate = { perSecond, burst };
  const limits = { connection: rate, person: MANY, address: MANY, signIns: MANY, remembered: 1_000 };
  node = startNode({ rates: limited(limits, systemClock) });
  return node;
}

const posts = (conversation: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({
    ...{ t: "post", id: from + n, key: `k${from + n}`, conversation, text: `${from + n}` },
  }));

/** What the log says, in order. */
function texts(line: Line): string[] {
  const entries = line.frames.flatMap((frame) => (frame.t === "entries" ? frame.entries : []));
  return entries.flatMap((entry) => (entry.kind === "message" ? [entry.body.text ?? ""] : []));
}

test("[RATE1] what is beyond the limit of a connection is refused with the time to wait, and the connection lives", async () => {
  const { url } = start(1, 5);
  const line = await Line.enter(url, "Ann");
  const conversation = await roomBy(line);
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => line.ask({ t: "mark", conversation })));
  const codes = answers.map((answer) => (answer.t === "error" ? answer.code : "ok"));
  expect(codes.join()).toBe("ok,ok,ok,ok,too_fast");
  const { retry_after = 0 } = answers[4] as ServerFrameOf<"error">;
  expect(retry_after).toBeWithin(1, 1_001);
  await Bun.sleep(retry_after);
  expect((await line.ask({ t: "mark", conversation })).t).toBe("ok");
});

test("[RATE3] after a refused post nothing of its author overtakes it, until it comes again", async () => {
  const { url } = start(10, 6);
  const line = await Line.enter(url, "Ann");
  const conversation = await roomBy(line);
  line.say(posts(conversation, 1, 41));
  const refused = await line.until<ServerFrameOf<"error">>((frame) => frame.t === "error" && frame.id === 40);
  expect(refused.code).toBe("out_of_order");
  const errors = line.frames.filter((frame) => frame.t === "error");
  expect(errors.map(({ id, code }) => `${id} ${code}`)).toEqual([
    "6 too_fast",
    ...Array.from({ length: 34 }, (_, n) => `${n + 7} out_of_order`),
  ]);
  await Bun.sleep(1_000);
  line.say(posts(conversation, 7, 9));
  line.say(posts(conversation, 6, 9));
  await line.until((frame) => frame.t === "entries" && frame.entries.some(({ key }) => key === "k8"));
  expect(texts(line)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
});

test("[RATE3] 300 posts that the client library is given at once are all in the log, once and in their order", async () => {
  const { url, store } = start(150, 30);
  const client = createClient({ url: url.replace("ws:", "http:").replace("/socket", ""), random: Math.random });
  await client.signIn("Ann");
  const { id } = await client.createRoom({ name: "Kitchen", visibility: "private" });
  const said = Array.from({ length: 300 }, (_, n) => `${n}`);
  const receipts = await Promise.all(said.map((text) => client.post(id, text).sent));
  expect(receipts.map(({ seq }) => seq)).toEqual(receipts.map((_, n) => (receipts[0]?.seq ?? 0) + n));
  const entries = await store.entries(id, 0, 1_000, 1 << 20);
  expect(entries.flatMap((entry) => (entry.kind === "message" ? [entry.body.text] : []))).toEqual(said);
  client.signOut();
}, 60_000);
