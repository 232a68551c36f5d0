import { expect, test } from "bun:test";
import { join } from "node:path";
import { orSkip, strace } from "../../tools/debian.ts";
import { acknowledged, beginTalk, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { roomBy } from "../kit/heard.ts";
import { Line } from "../kit/node.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const tracer = await orSkip(strace());

/** Starts a process for which some of these calls on the database's files fail. */
function failing(data: string, inject: string): string[] {
  const [call] = inject.split(":") as [string];
  const files = ["parley.db", "parley.db-wal"].flatMap((file) => ["-P", join(data, file)]);
  return [tracer as string, "-D", "-f", "-o", "/dev/null", ...files, "-e", `trace=${call}`, "-e", `inject=${inject}`];
}

/** Posts until one is refused, and then the same again until it is not. */
async function refusal(url: string): Promise<string> {
  const line = await Line.enter(`${url.replace("http", "ws")}/socket`, "Witness");
  const id = await roomBy(line);
  let said = "";
  for (let n = 0, key = "w0"; ; n++) {
    line.say([{ t: "post", id: n, key, conversation: id, text: `text ${key}` }]);
    const answer = await line.until(
      (frame) =>
        (frame.t === "error" && frame.id === n) ||
        (frame.t === "entries" && frame.entries.some((entry) => entry.key === key)),
    );
    if (answer.t === "error") said = `${answer.code}: ${answer.message}`;
    else if (said) return said;
    else key = `w${n + 1}`;
  }
}

for (const [inject, sentence] of [
  ["fsync:error=EIO:when=80..110", "unavailable: The server's disk does not work."],
  ["pwrite64:error=EIO:when=400..600", "unavailable: The server's disk does not work."],
] as const) {
  test.skipIf(!tracer)(
    `[DUR5] a disk that fails for a while (${inject}) has posts refused, and costs nothing of what was acknowledged`,
    async () => {
      const folder = temporaryFolder();
      const data = join(folder.path, "data");
      const port = await freePort();
      const server = new ServerProcess({ port, data, under: failing(data, inject) });
      const next = new ServerProcess({ port, data });
      try {
        await server.start();
        const crowd = await moveIn(server.url, { clients: 4, rooms: 2 });
        const talk = beginTalk(crowd, 5);
        expect(await refusal(server.url)).toBe(sentence);
        const before = acknowledged(crowd);
        while (acknowledged(crowd) < before + 100) await Bun.sleep(10);
        await server.kill();
        await next.start();
        while (acknowledged(crowd) < before + 200) await Bun.sleep(10);
        await talk.end();
        expect(await compare(crowd)).toMatchObject(NO_LOSSES);
      } finally {
        await server.kill();
        await next.kill();
        folder.remove();
      }
    },
    60_000,
  );
}
