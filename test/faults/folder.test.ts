import { afterAll, expect, test } from "bun:test";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { orSkip } from "../../tools/debian.ts";
import { acknowledged, compare, keepTalking, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { smallDisk } from "../kit/disk.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
// Root may write everywhere: the server is started without that right, on files of somebody else.
const AS_ANYBODY = isRoot ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"] : [];
const disk = await orSkip(smallDisk(16));
afterAll(async () => {
  if (disk) await disk.remove();
  for (const path of everythingIn(folder.path)) chmodSync(path, 0o700);
  folder.remove();
});

function everythingIn(path: string): string[] {
  if (!lstatSync(path).isDirectory()) return [path];
  return [path, ...readdirSync(path).flatMap((name) => everythingIn(join(path, name)))];
}

/** What is in a folder, to the byte. */
function contents(path: string): string[] {
  return everythingIn(path).map((one) => `${one} ${lstatSync(one).isFile() ? Bun.hash(readFileSync(one)) : ""}`);
}

/** From now on it can be read by anybody and written by nobody. */
function forbidWriting(path: string): void {
  for (const one of everythingIn(path)) {
    if (isRoot) chownSync(one, NOBODY, NOBODY);
    chmodSync(one, lstatSync(one).isDirectory() ? 0o555 : 0o444);
  }
}

/** A start that must fail: its exit code and what it said. */
async function refused(data: string, under: string[]): Promise<{ code: number; said: string }> {
  const server = new ServerProcess({ port: await freePort(), data, under });
  server.spawn();
  const code = await server.ended();
  return { code, said: server.output };
}

const SAID = / cannot be read and written \((EACCES|EROFS|SQLITE_[A-Z_]+)\)\.\n$/;

/** One sentence that names the folder, and exit code 1. */
function expectRefused({ code, said }: { code: number; said: string }, data: string): void {
  expect(code).toBe(1);
  expect(said.replace(SAID, " …")).toBe(`parley: The data folder ${data} …`);
}

test("[DUR6] a data folder of somebody else is refused in one sentence, and stays as it is", async () => {
  const data = join(folder.path, "theirs");
  const server = new ServerProcess({ port: await freePort(), data });
  await server.start();
  await server.stop();
  forbidWriting(data);
  const before = contents(data);
  expectRefused(await refused(data, AS_ANYBODY), data);
  expect(contents(data)).toEqual(before);
}, 30_000);

test("[DUR6] where no folder can be made, and in an empty one that cannot be written, nothing is begun", async () => {
  const empty = join(folder.path, "empty");
  mkdirSync(empty);
  forbidWriting(empty);
  const below = join(empty, "below");
  expectRefused(await refused(below, AS_ANYBODY), below);
  expectRefused(await refused(empty, AS_ANYBODY), empty);
  expect(readdirSync(empty)).toEqual([]);
}, 30_000);

test.skipIf(!disk)(
  "[DUR6] a disk that can only be read is refused in one sentence, and stays as it is",
  async () => {
    const { path, under } = disk as NonNullable<typeof disk>;
    const data = join(path, "data");
    const server = new ServerProcess({ port: await freePort(), data, under });
    await server.start();
    await server.stop();
    expect(Bun.spawnSync([...under, "mount", "-o", "remount,bind,ro", path]).exitCode).toBe(0);
    expectRefused(await refused(data, under), data);
    const fresh = join(path, "fresh");
    expectRefused(await refused(fresh, under), fresh);
  },
  30_000,
);

test("[DUR6] a folder that becomes unwritable while the server runs costs nothing, until the next start is refused", async () => {
  const data = join(folder.path, "ours");
  const server = new ServerProcess({ port: await freePort(), data, under: AS_ANYBODY });
  try {
    await server.start();
    const crowd = await moveIn(server.url, { clients: 4, rooms: 1 });
    forbidWriting(data);
    await keepTalking(crowd, () => acknowledged(crowd) < 200, 5);
    expect(await compare(crowd)).toMatchObject(NO_LOSSES);
    await server.kill();
    expectRefused(await refused(data, AS_ANYBODY), data);
    for (const path of everythingIn(data)) {
      chmodSync(path, 0o700);
      if (isRoot) chownSync(path, 0, 0);
    }
    await server.start();
    expect(await server.stop()).toBe(0);
  } finally {
    await server.kill();
  }
}, 60_000);
