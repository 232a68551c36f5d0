import type { CursorRow } from "@parley/protocol/cursor";
import type { ServerFrame } from "@parley/protocol/frames";
import { PROTOCOL_VERSION } from "@parley/protocol/version";
import { asked, settle } from "../kit/asked.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

export interface StampedeReport {
  clients: number;
  /** From the first attempt until the last client had everything. */
  seconds: number;
  /** Clients that came back in the end, and those of them that held exactly what they had missed. */
  back: number;
  complete: number;
  attempts: number;
  /** Attempts that were refused, or ended before they had everything. */
  refused: number;
  /** The slowest answer of /health meanwhile, and how many there were; none may fail. */
  slowest_health_ms: number;
  health_answers: number;
  health_failures: number;
}

const [PEOPLE, ROOMS, MISSED] = [200, 5, 10];
const AT_ONCE = 100;
const [FIRST_CEILING, LAST_CEILING] = [500, 20_000];

/** One device: who it is, where it stands, and the socket that it has now. */
interface Device {
  token: string;
  cursors: CursorRow[];
  epoch: string;
  socket: WebSocket | null;
}

/**
 * Many clients follow five rooms, miss the same messages, and all come back at once to a server that was killed and has
 * nothing in memory, each with the back-off that the SDK has.
 */
export async function runStampede(
  clients: number,
  progress: (line: string) => void = () => {},
): Promise<StampedeReport> {
  const folder = temporaryFolder();
  const server = new ServerProcess({ port: await freePort(), data: folder.path, env: { PARLEY_RATE_LIMITS: "on" } });
  const devices: Device[] = [];
  try {
    await server.start();
    const { tokens, rooms } = await settle(server.url, PEOPLE, ROOMS);
    for (let at = 0; at < clients; at += AT_ONCE) {
      const fresh = Array.from(
        { length: Math.min(AT_ONCE, clients - at) },
        (_, i) => tokens[(at + i) % PEOPLE] as string,
      );
      devices.push(...(await Promise.all(fresh.map((token) => firstVisit(server.url, token)))));
      if (at % 1000 === 0) progress(`${at} of ${clients} sockets are open`);
    }
    for (const room of rooms) {
      const messages = `${server.url}/api/conversations/${room}/messages`;
      for (let n = 0; n < MISSED; n++) await asked(messages, tokens[0], { key: `m${n}`, text: `message ${n}` });
    }
    await server.kill();
    for (const device of devices) device.socket?.close();
    progress("the server was killed");
    await server.start();
    return await comeBack(server.url, devices);
  } finally {
    for (const { socket } of devices) socket?.close();
    await server.kill();
    folder.remove();
  }
}

/** Enters with nothing, and notes where each log stands. */
async function firstVisit(url: string, token: string): Promise<Device> {
  const device: Device = { token, cursors: [], epoch: "", socket: null };
  const frames = (await visit(url, device)) ?? (await later(() => visit(url, device)));
  if (!frames) throw new Error("A first visit failed.");
  for (const frame of frames) {
    if (frame.t === "welcome") device.epoch = frame.epoch;
    if (frame.t === "conversation")
      device.cursors.push([frame.conversation.id, frame.conversation.head, frame.conversation.check]);
  }
  return device;
}

/** What moves in faster than one address may, waits a little, as any client does. */
async function later<T>(again: () => Promise<T>): Promise<T> {
  await Bun.sleep(1_500);
  return again();
}

/** Opens a socket and says hello; everything up to `caught_up`, or null where it did not come so far. */
function visit(url: string, device: Device): Promise<ServerFrame[] | null> {
  const { token, epoch, cursors } = device;
  const heard: ServerFrame[] = [];
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
  device.socket = socket;
  return new Promise((resolve) => {
    socket.onopen = () => {
      const resumed = epoch ? { epoch, cursors } : {};
      socket.send(JSON.stringify([{ t: "hello", version: PROTOCOL_VERSION, token, ...resumed }]));
    };
    socket.onmessage = ({ data }) => {
      heard.push(...(JSON.parse(String(data)) as ServerFrame[]));
      if (heard.at(-1)?.t === "beat") socket.send('[{"t":"beat"}]');
      if (heard.some((frame) => frame.t === "caught_up")) resolve(heard);
    };
    socket.onclose = () => resolve(null);
    socket.onerror = () => {};
  });
}

async function comeBack(url: string, devices: Device[]): Promise<StampedeReport> {
  const report: StampedeReport = {
    clients: devices.length,
    seconds: 0,
    back: 0,
    complete: 0,
    attempts: 0,
    refused: 0,
    slowest_health_ms: 0,
    health_answers: 0,
    health_failures: 0,
  };
  const began = performance.now();
  let over = false;
  const watch = watchHealth(url, report, () => over);
  await Promise.all(devices.map((device) => keepTrying(url, device, report)));
  report.seconds = Math.round((performance.now() - began) / 10) / 100;
  over = true;
  await watch;
  return report;
}

async function keepTrying(url: string, device: Device, report: StampedeReport): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    await Bun.sleep(Math.random() * Math.min(LAST_CEILING, FIRST_CEILING * 2 ** attempt));
    report.attempts += 1;
    const frames = await visit(url, device);
    if (frames) {
      report.back += 1;
      report.complete += Number(isComplete(device, frames));
      return;
    }
    report.refused += 1;
  }
}

/** Exactly the missed entries of every room, one after the other, and nothing told anew. */
function isComplete({ cursors }: Device, frames: ServerFrame[]): boolean {
  if (frames.some((frame) => frame.t === "conversation" || frame.t === "resync" || frame.t === "gone")) return false;
  const [inbox] = frames.flatMap((frame) => (frame.t === "welcome" ? [frame.inbox] : []));
  return cursors.every(([id, seq]) => {
    const held = frames.flatMap((frame) => (frame.t === "entries" && frame.conversation === id ? frame.entries : []));
    return held.length === (id === inbox ? 0 : MISSED) && held.every((entry, at) => entry.seq === seq + 1 + at);
  });
}

async function watchHealth(url: string, report: StampedeReport, over: () => boolean): Promise<void> {
  while (!over()) {
    const began = performance.now();
    const isWell = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    report.slowest_health_ms = Math.max(report.slowest_health_ms, Math.round(performance.now() - began));
    if (isWell) report.health_answers += 1;
    else report.health_failures += 1;
    await Bun.sleep(100);
  }
}

if (import.meta.main) {
  console.log(JSON.stringify(await runStampede(Number(process.argv[2] ?? 10_000), console.log)));
}
