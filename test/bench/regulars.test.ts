import { expect, test } from "bun:test";
import { Regulars } from "../../bench/regulars.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

interface Frame {
  t: string;
  conversation?: unknown;
}

/** Everything that somebody is told who says this, up to that they are caught up. */
function told(port: number, hello: string): Promise<Frame[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
  const frames: Frame[] = [];
  return new Promise((resolve, reject) => {
    socket.onopen = () => socket.send(hello);
    socket.onerror = reject;
    socket.onmessage = ({ data }) => {
      frames.push(...JSON.parse(data as string));
      if (!frames.some(({ t }) => t === "caught_up")) return;
      socket.close();
      resolve(frames);
    };
  });
}

/** The text of a frame without the header and the mask of zeros before it. */
function textOf(frame: Uint8Array): string {
  const text = new TextDecoder().decode(frame);
  return text.slice(text.indexOf("["));
}

test("[BEN4] a regular who resumes is told nothing, and one who comes anew is told of five rooms", async () => {
  const folder = temporaryFolder();
  const regulars = await Regulars.settle(folder.path, 200);
  const port = await freePort();
  const server = new ServerProcess({ port, data: folder.path });
  await server.start();
  try {
    for (const n of [0, 7, 199]) {
      const hello = (how: "resume" | "anew") =>
        textOf(regulars.member(n, port, how).steps[1]?.send ?? new Uint8Array());
      expect((await told(port, hello("resume"))).map(({ t }) => t)).toEqual(["welcome", "caught_up"]);
      const anew = await told(port, hello("anew"));
      expect(anew.filter(({ t }) => t === "conversation")).toHaveLength(6);
    }
  } finally {
    await server.stop();
    folder.remove();
  }
});
