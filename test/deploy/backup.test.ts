import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../tools/source/tree.ts";
import { asked, roomAt } from "../kit/asked.ts";
import { heldBy } from "../kit/natives.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { ask } from "./kit/ask.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const documented = readFileSync(join(ROOT, "docs/hosting.md"), "utf8");

/** Makes a copy of a database as the page says. */
function backUp(from: string, to: string) {
  const [, program = ""] = / bun -e '(.*?)'/.exec(documented) ?? [];
  return ask([process.execPath, "-e", program, from, to]);
}

test("[DEP13] a backup made while people write knows everybody, and everything until then", async () => {
  const [data, copy] = [join(folder.path, "data"), join(folder.path, "copy")];
  const first = new ServerProcess({ port: await freePort(), data, env: { PARLEY_RATE_LIMITS: "off" } });
  await first.start();
  const token = await heldBy(first.url, "Ada");
  const messages = `/api/conversations/${await roomAt(first.url, token, "Kept")}/messages`;
  const said: string[] = [];
  const post = async (text: string) => {
    await asked(first.url + messages, token, { key: `k${said.length}`, text });
    said.push(text);
  };
  await post("before");
  let writing = true;
  const writes = (async () => {
    while (writing) await post(`meanwhile ${said.length}`);
  })();
  mkdirSync(copy);
  const until = said.length;
  expect(await backUp(join(data, "parley.db"), join(copy, "parley.db"))).toEqual({ code: 0, output: "" });
  writing = false;
  await writes;
  cpSync(join(data, "secret.key"), join(copy, "secret.key"));
  await first.kill();
  const second = new ServerProcess({ port: await freePort(), data: copy });
  await second.start();
  const page = await asked<{ items: { text?: string }[] }>(`${second.url}${messages}?limit=100`, token);
  await second.stop();
  const kept = page.items.flatMap(({ text }) => text ?? []);
  expect(kept.length).toBeGreaterThanOrEqual(Math.min(until, 99));
  const end = said.indexOf(kept.at(-1) ?? "") + 1;
  expect(kept).toEqual(said.slice(end - kept.length, end));
});
