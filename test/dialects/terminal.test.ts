import { afterAll, beforeAll, expect, test } from "bun:test";
import { Example } from "../kit/example.ts";
import { OldClient } from "../kit/old-client.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
const server = new ServerProcess({ port: await freePort(), data: folder.path });
const started: Example[] = [];

beforeAll(() => server.start());
afterAll(async () => {
  for (const example of started) example.kill();
  await server.stop();
  folder.remove();
});

function example(script: string, ...args: string[]): Example {
  const one = new Example(script, ...args);
  started.push(one);
  return one;
}

const peer = (path: string) => OldClient.open(`${server.url}/dialects/${path}`);

/** Reads until a frame says this. */
async function hears(client: OldClient, words: string): Promise<void> {
  while (!(await client.next()).includes(words));
}

const HOMES = {
  plain: { path: "plain/ws/peer", say: (text: string) => text, came: /System: peer has joined the chat/ },
  messenger: { path: "messenger/ws/chat/peer", say: (text: string) => text, came: /\* peer joined the chat/ },
  broadcast: { path: "broadcast/ws/peer", say: (message: string) => ({ message }), came: /\* peer joined the chat/ },
};

for (const [script, { path, say, came }] of Object.entries(HOMES)) {
  test(`[WEB50] the example for ${script} says what is typed, prints what it hears, and leaves at the end`, async () => {
    const alice = example(script, server.url, "alice");
    await alice.shows(/alice (has )?joined the chat/);
    const other = await peer(path);
    await alice.shows(came);
    if (script === "broadcast") await alice.shows(/\* here: alice/);
    alice.type("Hello from a terminal");
    await hears(other, "Hello from a terminal");
    other.say(say("Hello back"));
    await alice.shows(/peer: Hello back/);
    expect(await alice.ends()).toBe(0);
    await hears(other, "alice");
    await other.leave();
  });
}

test("[WEB50] the example for rooms makes its room or finds it, prints what was said before, and who is here", async () => {
  const alice = example("rooms", server.url, "alice", "garden");
  await alice.shows(/\* here: alice/);
  alice.type("The beans are up");
  await alice.shows(/alice: The beans are up/);
  const bob = example("rooms", `${server.url}/`, "bob", "garden");
  await bob.shows(/alice: The beans are up\n\* here: alice, bob/);
  await alice.shows(/\* bob joined the room/);
  expect(await bob.ends()).toBe(0);
  await alice.shows(/\* bob left the room/);
  expect(await alice.ends()).toBe(0);
});

test("[WEB50] an example comes back when the server does, and ends where its name is taken", async () => {
  const carol = example("plain", server.url, "carol");
  await carol.shows(/carol has joined/);
  const second = example("plain", server.url, "carol");
  await second.shows(/Closed with 1008: Username already taken/);
  expect(await second.ends()).toBe(1);
  await server.kill();
  await carol.shows(/trying again in \d+ ms/);
  carol.type("Typed without a line");
  await server.start();
  await carol.shows(/carol: Typed without a line/);
  expect(await carol.ends()).toBe(0);
});
