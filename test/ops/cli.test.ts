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
