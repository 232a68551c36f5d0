import { expect, test } from "bun:test";
import { readFileSync, symlinkSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { compiler, orSkip } from "../../tools/debian.ts";
import { temporaryFolder } from "../kit/process.ts";

const ROOT = join(import.meta.dir, "../..");
const cc = await orSkip(compiler());

test.skipIf(!cc || cpus().length < 2)("[BEN2] a quick run ends with the ratios of Parley to the floor", async () => {
  const asked = ["--quick", "--json", "--only", "fan-out,floor,parley"];
  const bench = Bun.spawn([process.execPath, "bench/main.ts", ...asked], { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(bench.stdout).text(), new Response(bench.stderr).text()]);
  expect(await bench.exited, err).toBe(0);
  const { ratios } = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
  expect(Object.keys(ratios)).toEqual(["room1000_vs_floor", "rooms10x100_vs_floor", "pairs500_vs_floor"]);
  for (const ratio of Object.values(ratios)) expect(ratio).toBeWithin(0.001, 10);
  expect(out).not.toContain("not each message was delivered");
});

test("[BEN5] the peers of the benchmark are in no package that anybody else installs", () => {
  const peers = Object.keys(JSON.parse(readFileSync(join(ROOT, "bench/peers/package.json"), "utf8")).dependencies);
  const installed = Object.keys(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages);
  expect(peers.length).toBeGreaterThan(0);
  expect(installed.filter((path) => peers.some((peer) => path === `node_modules/${peer}`))).toEqual([]);
});

test.skipIf(cpus().length < 2)("[BEN5] a run that measures Parley alone asks for no peer", async () => {
  const folder = temporaryFolder();
  // Without Node and npm, peers that are asked for are left out, and that is said.
  for (const name of ["setpriv", "taskset"]) symlinkSync(Bun.which(name) ?? "", join(folder.path, name));
  const bench = Bun.spawn([process.execPath, "bench/main.ts", "--quick", "--only", "start"], {
    cwd: ROOT,
    env: { ...process.env, PATH: folder.path },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(bench.stdout).text(), new Response(bench.stderr).text()]);
  folder.remove();
  expect(await bench.exited, err).toBe(0);
  expect(err).not.toContain("is left out");
  expect(out).toContain("start_vs_bare");
});
