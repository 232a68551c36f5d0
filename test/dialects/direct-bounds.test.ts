import { beforeAll, expect, test } from "bun:test";
import { received } from "@parley/server/gateways/dialects/direct/frames";
import { newMessage } from "@parley/server/gateways/dialects/direct/table";
import fc from "fast-check";
import { treesOf } from "../fuzz/shapes.ts";
import { hostile, mutated, mutation, type Tree, textOf } from "../fuzz/trees.ts";
import { DirectSite } from "../kit/direct-site.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley({ PARLEY_RATE_LIMITS: "off" });
let site: DirectSite;

beforeAll(() => {
  site = new DirectSite(parley.url);
});

/** JSON of this shape, whole and mutilated, and what is nothing like it. */
function texts(shape: Parameters<typeof treesOf>[0], number: string): fc.Arbitrary<string> {
  const trees = fc
    .tuple(treesOf(shape), fc.array(mutation, { maxLength: 2 }))
    .map(([tree, mutations]): Tree => mutated(tree, mutations));
  const all = fc.oneof({ weight: 4, arbitrary: trees }, { weight: 1, arbitrary: hostile });
  return all.map((tree) => textOf(tree, () => number));
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

test("[DIA108] direct: whatever the frame, it is carried out or answered by an error, and its connection and everybody else's stay", async () => {
  const [ann, bob] = [await site.enter(1), await site.enter(2)];
  const shapes = Object.values(received).map(({ schema }) => texts(schema as never, "2"));
  let asked = 1_000_000_000;
  await fc.assert(
    fc.asyncProperty(fc.oneof(...shapes), async (text) => {
      ann.say(text);
      // What is sent in one order is refused in it: this comes after all that was said before.
      ann.say({ recipient_id: 1, message: "", reply_to_id: ++asked });
      const frames: Record<string, unknown>[] = [];
      const isLast = () => frames.at(-1)?.message === `Message ${asked} does not exist.`;
      while (!isLast()) frames.push(await ann.json());
      const errors = frames.slice(0, -1).filter(({ type }) => type === "error");
      expect(errors.map(({ message }) => message)).not.toContain("Something went wrong on the server.");
      if (!isObject(text)) expect(errors).toHaveLength(1);
    }),
    { numRuns: 600 },
  );
  expect([ann.closed, bob.closed]).toEqual([null, null]);
  ann.say({ recipient_id: 2, message: "still here" });
  for (let heard: unknown; heard !== "still here"; heard = (await bob.json()).message);
  await Promise.all([ann.leave(), bob.leave()]);
}, 60_000);

test("[DIA108] direct: whatever the body, a message is made of it or it is refused, and never by a fault of the server", async () => {
  await site.known(11, 12);
  await fc.assert(
    fc.asyncProperty(texts(newMessage as never, "11"), async (body) => {
      const { status } = await fetch(`${site.url}/messages/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect([201, 404, 403, 413, 422]).toContain(status);
    }),
    { numRuns: 600 },
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), fc.string(), async (one, other) => {
      const [a, b] = [one, other].map(encodeURIComponent.bind(null)) as [string, string];
      for (const path of [`/messages/?user1_id=${a}&user2_id=${b}&limit=${a}`, `/messages/conversations/${a}x`]) {
        expect([200, 307, 400, 403, 404, 422]).toContain((await fetch(site.url + path)).status);
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("[DIA83] direct: two who write to each other for the first time at the same moment, each from several devices, have one conversation in which nothing is missing", async () => {
  const sides = [await Promise.all([21, 21, 21].map((id) => site.enter(id)))];
  sides.push(await Promise.all([22, 22, 22].map((id) => site.enter(id))));
  sides.forEach((devices, side) => {
    for (const [at, device] of devices.entries()) {
      for (let n = 0; n < 5; n++) device.say({ recipient_id: 22 - side, message: `${side}.${at}.${n}` });
    }
  });
  for (const [side, devices] of sides.entries()) {
    for (const device of devices) {
      const frames: Record<string, unknown>[] = [];
      const count = (type: string) => frames.filter((frame) => frame.type === type).length;
      while (count("new_message") < 15 || count("message_sent") < 15) frames.push(await device.json());
      await device.rest();
      const ids = frames.filter(({ type }) => type === "new_message").map(({ message_id }) => message_id as number);
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      const own = frames.filter(({ type }) => type === "message_sent").map(({ message_id }) => message_id);
      expect(new Set(own).size).toBe(15);
      const texts = frames.flatMap(({ message }) => (typeof message === "string" ? message : []));
      for (const at of [0, 1, 2]) {
        const from = texts.filter((text) => text.startsWith(`${1 - side}.${at}.`));
        expect(from).toEqual(Array.from({ length: 5 }, (_, n) => `${1 - side}.${at}.${n}`));
      }
    }
  }
  const { body } = await site.ask<object[]>("GET", "/messages/conversations/21");
  expect(body).toHaveLength(1);
  expect(await site.between(21, 22)).toHaveLength(30);
  for (const device of sides.flat()) await device.leave();
});

test("[DIA109] direct: who is too fast is told so by an error, or over HTTP by 429 and when to come back; what was not refused keeps its order", async () => {
  await parley.stop();
  await parley.start({ PARLEY_PERSON_RATE: "5", PARLEY_CONNECTION_RATE: "5", PARLEY_BURST: "10" });
  site = new DirectSite(parley.url);
  const [ann, bob] = [await site.enter(31), await site.enter(32)];
  for (let n = 0; n < 20; n++) ann.say({ recipient_id: 32, message: `${n}` });
  const refused = [];
  for (let nth = 0; nth < 30; nth++) {
    const { type, message } = await ann.json();
    if (type === "error") refused.push(message);
  }
  for (const message of refused) expect(message).toStartWith("This is faster than the limit.");
  expect(refused.length).toBeGreaterThan(0);
  const heard = (await bob.rest()).map((frame) => Number(JSON.parse(frame).message));
  expect(heard.length + refused.length).toBe(20);
  expect(heard).toEqual(heard.toSorted((a, b) => a - b));
  const said = () => site.ask("POST", "/messages/", { body: { sender_id: 32, recipient_id: 31, message: "hi" } });
  let answer = await said();
  for (let n = 0; n < 20 && answer.status === 201; n++) answer = await said();
  expect([answer.status, answer.body]).toEqual([429, { detail: "This is faster than the limit." }]);
  const wait = Number(answer.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  await Bun.sleep(1_000 * wait);
  expect((await said()).status).toBe(201);
  await Promise.all([ann.leave(), bob.leave()]);
}, 30_000);
