import { afterAll, expect, test } from "bun:test";
import { ParleyProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const parley = (...args: string[]) => new ParleyProcess({ PARLEY_DATA: folder.path }, ["cli/main.ts", ...args]);

test("[OPS15] parley says what it can do, and which version it is", async () => {
  const help = await parley().ended();
  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toMatch(/^ {2}parley serve +start the server/m);
  for (const asked of ["help", "--help", "-h"]) expect(await parley(asked).ended()).toEqual(help);
  for (const asked of ["version", "--version", "-v"]) {
    expect(await parley(asked).ended()).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringMatching(/^parley \d+\.\d+\.\d+\n$/),
    });
  }
});

test("[OPS15] an unknown command is one sentence and exit code 2", async () => {
  for (const unknown of ["server", "toString", "--port"]) {
    const { code, out, err } = await parley(unknown).ended();
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toStartWith(`parley: there is no command "${unknown}"; there are serve, `);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  }
});

test("[OPS15] parley serve starts the server like npm start", async () => {
  const server = parley("serve");
  expect((await fetch(`${await server.url()}/ready`)).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
});

test("[DEP3] parley health says whether the server of its environment is ready, in words and in its exit code", async () => {
  const server = parley("serve");
  const url = await server.url();
  const ask = (env: Record<string, string>) => new ParleyProcess(env, ["cli/main.ts", "health"]).ended();
  const env = { PORT: new URL(url).port, HOST: "0.0.0.0" };
  expect(await ask(env)).toMatchObject({ code: 0, out: `parley: the server at ${url} is ready.\n` });
  await server.stop();
  expect(await ask(env)).toMatchObject({ code: 1, out: `parley: the server at ${url} does not answer.\n` });
  using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("", { status: 503 }) });
  const sick = await ask({ ...env, PORT: String(other.port) });
  expect(sick).toMatchObject({ code: 1, out: expect.stringContaining("is not ready (503)") });
  expect((await ask({ PORT: "http" })).err).toStartWith('parley: PORT is "http"; allowed is');
  expect(await parley("health", url).ended()).toMatchObject({ code: 2, err: expect.stringContaining("no arguments") });
});
