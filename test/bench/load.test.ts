import { expect, test } from "bun:test";
import { cpus } from "node:os";
import { Load } from "../../bench/load/load.ts";
import { frame, handshake, MARKED, type Subject } from "../../bench/subject.ts";
import { bunFloor, bunFloorEach, sqliteFloor } from "../../bench/subjects/floor.ts";
import { compiler, orSkip } from "../../tools/debian.ts";
import { temporaryFolder } from "../kit/process.ts";

const cc = await orSkip(compiler());
const LAST = cpus().length - 1;

/** Counts what is said in a room, as it stands. */
async function listenerAt(port: number, room: string): Promise<{ said: () => number; leave(): void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${room}`);
  let said = 0;
  socket.onmessage = ({ data }) => {
    said += [JSON.parse(data as string)].flat().length;
  };
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  return { said: () => said, leave: () => socket.close() };
}

/** Two of five talk in a room of this floor, with somebody else beside them who listens. */
async function talkAt(floor: Subject, shape = { rooms: 1, members: 5 }): Promise<void> {
  const [running, folder] = [await floor.start(shape, 0), temporaryFolder()];
  try {
    const members = Array.from({ length: shape.members }, (_, n) => running.member(n));
    const silent = members.map((member, n) => (n < 2 ? member : { ...member, post: new Uint8Array() }));
    const listener = await listenerAt((members[0] as { port: number }).port, "/0");
    const { load } = await Load.enter(running, silent, { core: LAST, folder: folder.path, audience: 5 });
    for (const run of [() => load.saturate(3, 0, 0.3), () => load.pace(500, 0.1, 0.3)]) {
      const { sent, heard, messages } = await run();
      expect(messages).toBeGreaterThan(100);
      expect(heard).toBe(sent * shape.members);
      for (let waited = 0; waited < 100 && listener.said() < sent; waited++) await Bun.sleep(10);
      expect(listener.said()).toBe(sent);
    }
    await load.leave();
    listener.leave();
  } finally {
    await running.stop();
    folder.remove();
  }
}

test.skipIf(!cc)(
  "[BEN1] what two people say in a room of five reaches all five at every floor of Bun, and is counted once each",
  async () => {
    for (const floor of [bunFloor, bunFloorEach, sqliteFloor]) await talkAt(floor);
  },
);

/** Says everything back to whoever said it, so many milliseconds later. */
function lateEcho(ms: number): Bun.Server<undefined> {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, own) => (own.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: { message: (ws, said) => void setTimeout(() => ws.send(said), ms) },
  });
}

test.skipIf(!cc)("[BEN1] a frame whose header has the byte of a mark in it is counted once", async () => {
  const [server, folder] = [lateEcho(0), temporaryFolder()];
  // As long as the code of the mark's first character: this length stands in the header of each frame that comes back.
  const post = frame(MARKED.padEnd("`".charCodeAt(0), "."));
  const echo = { port: server.port ?? 0, steps: [handshake("/")], post };
  try {
    const where = { core: LAST, folder: folder.path, audience: 1 };
    const { load } = await Load.enter({ pids: [process.pid] }, [echo, echo], where);
    for (const run of [() => load.saturate(2, 0, 0.3), () => load.pace(200, 0, 0.3)]) {
      const { sent, heard } = await run();
      expect(sent).toBeGreaterThan(20);
      expect(heard).toBe(sent);
    }
    await load.leave();
  } finally {
    await server.stop(true);
    folder.remove();
  }
});

test.skipIf(!cc)("[BEN1] a rate is kept, and it is measured how late a message comes", async () => {
  const [server, folder] = [lateEcho(30), temporaryFolder()];
  const echo = { port: server.port ?? 0, steps: [handshake("/")], post: frame(MARKED) };
  try {
    const { load } = await Load.enter({ pids: [process.pid] }, [echo, echo], {
      core: LAST,
      folder: folder.path,
      audience: 1,
    });
    const fast = await load.pace(500, 0.2, 1);
    expect(fast.messages / fast.seconds).toBeWithin(450, 550);
    expect(fast.deliveries).toBeWithin(400, 600);
    expect(fast.cpu).toBeGreaterThan(0);
    // So few that a message which waits for the next one would be far too late.
    const slow = await load.pace(5, 0, 2);
    expect(slow.messages).toBeWithin(9, 12);
    expect(slow.p50).toBeWithin(29, 200);
    expect(slow.p99).toBeGreaterThanOrEqual(slow.p50);
    await load.leave();
  } finally {
    await server.stop(true);
    folder.remove();
  }
});
