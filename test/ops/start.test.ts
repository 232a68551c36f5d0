import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ParleyProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const at = (name: string) => join(folder.path, name);

/** The process must end by itself, with one sentence for a person and nothing else. */
async function refusal(env: Record<string, string>, command?: string[]): Promise<string> {
  const { code, out, err } = await new ParleyProcess({ PARLEY_DATA: at("refused"), ...env }, command).ended();
  expect({ code, out, lines: err.trimEnd().split("\n").length, err }).toEqual({ code: 1, out: "", lines: 1, err });
  return err.trimEnd();
}

test("[OPS9] a start says where the data lies, where the server answers, and how to own it", async () => {
  const parley = new ParleyProcess({ PARLEY_DATA: at("fresh") });
  const url = await parley.url();
  expect(await parley.said(/data in (.*)/)).toBe(at("fresh"));
  expect(await parley.said(/opens this link first does: (.*)/)).toMatch(`${url}/#owner=`);
  const health = await fetch(`${url}/health`);
  expect([health.status, await health.json()]).toMatchObject([200, { status: "healthy" }]);
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  const { code, err } = await parley.stop();
  expect(code).toBe(0);
  expect(err.split("\n").every((line) => line === "" || line.startsWith("parley: "))).toBe(true);
  expect(readdirSync(at("fresh")).sort()).toEqual(["parley.db", "parley.lock", "secret.key"]);
});

test("[OPS10] a busy port, a host that is none of ours: one sentence, and nothing is made", async () => {
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = other;
  const busy = await refusal({ PORT: String(port) });
  await other.stop(true);
  expect(busy).toBe(`parley: Port ${port} is in use; set PORT to another one.`);
  expect(await refusal({ HOST: "203.0.113.77" })).toContain('Nothing can listen on HOST "203.0.113.77"');
  expect(existsSync(at("refused"))).toBe(false);
});

test("[OPS10] a port that another Parley has is busy too", async () => {
  const parley = new ParleyProcess({ PARLEY_DATA: at("first") });
  const { port } = new URL(await parley.url());
  expect(await refusal({ PORT: port })).toContain(`Port ${port} is in use`);
  expect(existsSync(at("refused"))).toBe(false);
  await parley.stop();
});

test("[OPS10] a bad variable, and an argument: one sentence, and nothing is made", async () => {
  expect(await refusal({ PORT: "http" })).toBe('parley: PORT is "http"; allowed is a whole number from 0 to 65535.');
  expect(await refusal({ PARLEY_DATTA: "x" })).toContain("the nearest is PARLEY_DATA.");
  expect(await refusal({ SECRET_KEY: "hunter2" })).not.toContain("hunter2");
  expect(await refusal({}, ["server/main.ts", "--port", "1"])).toContain("takes no arguments");
  expect(existsSync(at("refused"))).toBe(false);
});

test("[OPS10] a data folder that cannot be one: one sentence, and nothing is made", async () => {
  writeFileSync(at("file"), "not a folder");
  for (const data of [at("file"), join(at("file"), "below"), "/proc/parley"]) {
    expect(await refusal({ PARLEY_DATA: data })).toStartWith(
      `parley: The data folder ${data} cannot be read and written`,
    );
  }
});

test("[OPS11] a data folder that another process holds is refused, and free again when that one is gone", async () => {
  const env = { PARLEY_DATA: at("held") };
  const first = new ParleyProcess(env);
  await first.url();
  expect(await refusal(env)).toContain("is in use by another Parley that is still running");
  first.signal("SIGKILL");
  await first.ended();
  const next = new ParleyProcess(env);
  await next.url();
  expect((await next.stop()).code).toBe(0);
});

test("[OPS10] a key file that holds no key: one sentence, and the data folder is let go", async () => {
  const env = { PARLEY_DATA: at("keyless") };
  await startAndStop(env);
  writeFileSync(join(at("keyless"), "secret.key"), "\n");
  const { code, err } = await new ParleyProcess(env).ended();
  expect(code).toBe(1);
  expect(err).toContain("secret.key does not hold a key");
  await startAndStop({ ...env, SECRET_KEY: "k".repeat(32) });
});

async function startAndStop(env: Record<string, string>): Promise<void> {
  const parley = new ParleyProcess(env);
  await parley.url();
  await parley.stop();
}

test("[OPS12] the owner link is a new one at each start, until it was used", async () => {
  const env = { PARLEY_DATA: at("owned") };
  const claim = async (url: string, secret: string) => {
    const headers = { "content-type": "application/json" };
    const guest = { method: "POST", headers, body: JSON.stringify({ name: `Ada ${secret.slice(0, 5)}` }) };
    const { token } = (await (await fetch(`${url}/api/guests`, guest)).json()) as { token: string };
    const auth = { ...headers, authorization: `Bearer ${token}` };
    return fetch(`${url}/api/owner`, { method: "POST", headers: auth, body: JSON.stringify({ secret }) });
  };
  const first = new ParleyProcess(env);
  const old = await first.said(/#owner=(\S+)/);
  await first.stop();
  const second = new ParleyProcess(env);
  const secret = await second.said(/#owner=(\S+)/);
  expect(secret).not.toBe(old);
  expect((await claim(await second.url(), old)).status).toBe(403);
  expect(await (await claim(await second.url(), secret)).json()).toMatchObject({ person: { role: "owner" } });
  await second.stop();
  const third = new ParleyProcess(env);
  await third.url();
  expect((await third.stop()).err).not.toContain("#owner=");
});
