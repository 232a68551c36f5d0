import { afterAll, beforeAll, expect, test } from "bun:test";
import { DirectSite } from "../kit/direct-site.ts";
import { Example } from "../kit/example.ts";
import { heldBy } from "../kit/natives.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
let parley: ServerProcess;
let site: DirectSite;

beforeAll(async () => {
  parley = new ServerProcess({ port: await freePort(), data: folder.path });
  await parley.start();
  site = new DirectSite(parley.url);
});
afterAll(async () => {
  await parley.stop();
  folder.remove();
});

test("[DIA107] direct: its script talks to somebody, shows how far each message came, and is back by itself after a restart", async () => {
  await site.known(2);
  const ann = new Example("direct", site.url, "1", "2");
  await ann.shows(/You are user 1\./);
  ann.type("hello");
  await ann.shows(/\(\d+ sent\)/);
  let bob = await site.enter(2);
  const { message, message_id } = await bob.json();
  expect(message).toBe("hello");
  await ann.shows(new RegExp(`\\(${message_id} delivered\\)`));
  bob.say({ type: "typing", recipient_id: 1, is_typing: true });
  bob.say({ type: "read_receipt", message_id, sender_id: 1 });
  await ann.shows(new RegExp(`\\(${message_id} read\\)`));
  bob.say({ recipient_id: 1, message: "hello yourself" });
  await ann.shows(/\(2 is writing\)\n[\s\S]*2: hello yourself\n/);
  const types: unknown[] = [];
  while (!types.includes("read_receipt")) types.push((await bob.json()).type);

  await parley.kill();
  await ann.shows(/no line/);
  ann.type("said without a line");
  await parley.start();
  bob = await site.enter(2);
  expect(await bob.json()).toMatchObject({ message: "said without a line", sender_id: 1 });
  await ann.shows(/(You are user 1\.[\s\S]*){2}/);
  expect(await ann.ends()).toBe(0);
  await bob.leave();
}, 30_000);

test("[DIA107] direct: its script proves a held number by a token, and shows why something was refused", async () => {
  const token = await heldBy(site.url, "Ann");
  const me = await fetch(`${site.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  const { id } = ((await me.json()) as { person: { id: number } }).person;
  const ann = new Example("direct", site.url, `${id}`, "99999", token);
  await ann.shows(new RegExp(`You are user ${id}\\.`));
  ann.type("anybody there?");
  await ann.shows(/Refused: User 99999 does not exist\./);
  expect(await ann.ends()).toBe(0);
});

test("[DIA107] direct: the shortest script says one message and shows every frame", async () => {
  const bob = await site.enter(12);
  const script = new Example("direct-websocket", `${site.url.replace("http", "ws")}/ws/11`, "12", "Hi!");
  expect(await bob.json()).toMatchObject({ type: "typing_indicator", user_id: 11, is_typing: true });
  expect(await bob.json()).toMatchObject({ type: "new_message", message: "Hi!" });
  const shown = await script.shows(/Received:[\s\S]*connection_established[\s\S]*message_sent/);
  expect(shown).toStartWith("Received: {");
  expect(await script.ends()).toBe(0);
  const nowhere = new Example("direct-websocket", "ws://127.0.0.1:9/ws/1");
  expect(await nowhere.ends()).toBe(1);
  await bob.leave();
}, 20_000);
