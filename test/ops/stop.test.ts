import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { asked, roomAt } from "../kit/asked.ts";
import { heldBy } from "../kit/natives.ts";
import { Line } from "../kit/node.ts";
import { ParleyProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

async function settleIn(url: string, name: string): Promise<{ token: string; messages: string }> {
  const token = await heldBy(url, name);
  return { token, messages: `/api/conversations/${await roomAt(url, token, `${name}'s room`)}/messages` };
}

test("[OPS13] at a signal every socket is told when to come back and closed to be resumed, and the process ends with 0", async () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    const parley = new ParleyProcess({ PARLEY_DATA: join(folder.path, signal) });
    const url = await parley.url();
    const lines = await Promise.all(
      ["Ada", "Ben", "Cid"].map((name) => Line.enter(`${url.replace("http", "ws")}/socket`, name)),
    );
    parley.signal(signal);
    for (const line of lines) {
      expect(await line.closed()).toBe(4000);
      expect(line.frames.at(-1)).toMatchObject({ t: "bye", retry_after: expect.any(Number) });
    }
    const { code, err } = await parley.ended();
    expect({ signal, code }).toEqual({ signal, code: 0 });
    expect(err).toContain(`stopping (${signal})`);
  }
});

test("[OPS13] what was accepted before the signal is there after the next start, each once", async () => {
  const env = { PARLEY_DATA: join(folder.path, "busy") };
  const parley = new ParleyProcess(env);
  const url = await parley.url();
  const { token, messages } = await settleIn(url, "Dot");
  const accepted: string[] = [];
  const posting = Array.from({ length: 200 }, async (_, i) => {
    const text = `text ${i}`;
    await asked(url + messages, token, { key: `k${i}`, text }).then(
      () => accepted.push(text),
      () => {},
    );
  });
  while (accepted.length === 0) await Bun.sleep(1);
  const ended = parley.stop();
  await Promise.all(posting);
  expect((await ended).code).toBe(0);
  const next = new ParleyProcess(env);
  const nextUrl = await next.url();
  const kept: string[] = [];
  for (let after = 0, to = 1; to > after; ) {
    const page = await fetch(`${nextUrl}${messages}?after=${after}`, { headers: { authorization: `Bearer ${token}` } });
    const { items, ...stretch } = (await page.json()) as { to: number; as_of: number; items: { text?: string }[] };
    kept.push(...items.flatMap(({ text }) => text ?? []));
    after = stretch.to;
    to = stretch.as_of;
  }
  await next.stop();
  expect(accepted.length).toBeGreaterThan(0);
  expect(accepted.filter((text) => !kept.includes(text))).toEqual([]);
  expect(new Set(kept).size).toBe(kept.length);
});

test("[OPS13] a second signal ends it at once", async () => {
  const parley = new ParleyProcess({ PARLEY_DATA: join(folder.path, "hurry") });
  const url = await parley.url();
  // A request whose body never comes keeps the orderly end waiting.
  const { hostname, port } = new URL(url);
  const stubborn = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } });
  const head = ["POST /api/guests HTTP/1.1", "Host: parley", "Content-Type: application/json", "Content-Length: 9"];
  stubborn.write([...head, "", "{"].join("\r\n"));
  const requests = async () => ((await (await fetch(`${url}/stats`)).json()) as { requests: number }).requests;
  for (let own = 1; (await requests()) === own; own++) await Bun.sleep(5);
  parley.signal("SIGTERM");
  await parley.said(/stopping/);
  parley.signal("SIGTERM");
  expect((await parley.ended()).code).toBe(1);
  stubborn.end();
});

test("[OPS14] after kill -9 everything that was acknowledged is there, and tokens are good", async () => {
  const env = { PARLEY_DATA: join(folder.path, "killed") };
  const first = new ParleyProcess(env);
  const url = await first.url();
  const { token, messages } = await settleIn(url, "Eve");
  const receipt = await asked(url + messages, token, { key: "k", text: "still here" });
  first.signal("SIGKILL");
  await first.ended();
  const next = new ParleyProcess(env);
  const nextUrl = await next.url();
  expect(await asked(nextUrl + messages, token, { key: "k", text: "still here" })).toEqual(receipt);
  await next.stop();
});
