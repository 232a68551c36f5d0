import { expect, test } from "bun:test";
import { join } from "node:path";
import { orSkip, strace } from "../../tools/debian.ts";
import { acknowledged, beginTalk, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const tracer = await orSkip(strace());
const FILES = ["parley.db", "parley.db-journal", "parley.db-wal", "parley.db-shm", "parley.lock", "secret.key.new"];
const CALLS = "openat,pwrite64,write,fsync,ftruncate,rename,unlink";

/** Starts a process that dies, as in a power cut, at this call on one of these files. */
function dyingAt(data: string, files: string[], calls: string, when: number): string[] {
  const paths = files.flatMap((file) => ["-P", join(data, file)]);
  const inject = `inject=${calls}:signal=SIGKILL:when=${when}`;
  return [tracer as string, "-D", "-f", "-o", "/dev/null", ...paths, "-e", `trace=${calls}`, "-e", inject];
}

/** Starts it with these words before it, and waits until it is dead or answers. */
async function dies(port: number, data: string, under: string[]): Promise<boolean> {
  const server = new ServerProcess({ port, data, under });
  const alive = await server.start().then(
    () => true,
    () => false,
  );
  await server.kill();
  return !alive;
}

test("[DUR1] killed 20 times at any moment of a start, the first one or a later one, the folder opens afterwards with everything in it", async () => {
  const folder = temporaryFolder();
  const port = await freePort();
  try {
    for (let life = 0; life < 2; life++) {
      const server = new ServerProcess({ port, data: join(folder.path, `${life}`) });
      for (let kill = 0; kill < 5; kill++) {
        server.spawn();
        await Bun.sleep(60 + Math.random() * 120);
        await server.kill();
      }
      await server.start();
      const crowd = await moveIn(server.url, { clients: 3, rooms: 1 });
      const talk = beginTalk(crowd, 5);
      for (let kill = 0; kill < 5; kill++) {
        await server.kill();
        server.spawn();
        await Bun.sleep(Math.random() * 300);
      }
      await server.kill();
      await server.start();
      while (acknowledged(crowd) < 50) await Bun.sleep(10);
      await talk.end();
      expect(await compare(crowd)).toMatchObject(NO_LOSSES);
      expect(await server.stop()).toBe(0);
    }
  } finally {
    folder.remove();
  }
}, 60_000);

test.skipIf(!tracer)(
  "[DUR7] killed at any step of making a database, the next start finishes it",
  async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    try {
      let deaths = 0;
      for (let when = 1; ; when += 4) {
        const data = join(folder.path, `${when}`);
        const died = await dies(port, data, dyingAt(data, FILES, CALLS, when));
        deaths += Number(died);
        const server = new ServerProcess({ port, data });
        await server.start();
        expect(await server.stop()).toBe(0);
        if (!died) break;
      }
      expect(deaths).toBeGreaterThan(10);
    } finally {
      folder.remove();
    }
  },
  120_000,
);

test.skipIf(!tracer)(
  "[DUR1] killed in the midst of a checkpoint, while pages are copied and before the copy is synced, nothing is lost",
  async () => {
    const folder = temporaryFolder();
    const data = join(folder.path, "data");
    const port = await freePort();
    const plain = new ServerProcess({ port, data });
    try {
      await plain.start();
      const crowd = await moveIn(plain.url, { clients: 8, rooms: 2 });
      const talk = beginTalk(crowd, 5);
      for (const [calls, when] of [
        ["pwrite64", 1],
        ["pwrite64", 100],
        ["fsync", 1],
      ] as const) {
        expect(await plain.stop()).toBe(0);
        const dying = new ServerProcess({ port, data, under: dyingAt(data, ["parley.db"], calls, when) });
        await dying.start();
        const before = acknowledged(crowd);
        expect(await dying.ended()).toBe(137);
        expect(acknowledged(crowd)).toBeGreaterThan(before);
        await plain.start();
      }
      await talk.end();
      expect(await compare(crowd)).toMatchObject(NO_LOSSES);
    } finally {
      await plain.kill();
      folder.remove();
    }
  },
  120_000,
);
