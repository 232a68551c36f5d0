import { parseArgs } from "node:util";
import { joinAt, nameAt, newToken, roomAt } from "../kit/asked.ts";
import { freePort, residentBytes, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { spelled } from "../kit/spelled.ts";

const PEOPLE = 40;
const ROOMS = 4;
const IN_FLIGHT = 16;
const SAMPLE_MS = 5_000;
const TEXT = "A line as people write it, neither short nor long, with a word or two to spare.";

interface Speaker {
  socket: WebSocket;
  room: number;
  inFlight: number;
  posted: number;
}

/** What all speakers together did so far. */
const totals = { posted: 0, acknowledged: 0, delivered: 0 };

async function moveIn(url: string): Promise<Speaker[]> {
  const rooms: number[] = [];
  const speakers: Speaker[] = [];
  for (let at = 0; at < PEOPLE; at++) {
    const token = newToken();
    await nameAt(url, token, `Speaker ${spelled(at)}`);
    if (at < ROOMS) rooms.push(await roomAt(url, token, `Room ${at}`));
    else await joinAt(url, token, rooms[at % ROOMS] as number);
    speakers.push(await enter(url, token, rooms[at % ROOMS] as number));
  }
  return speakers;
}

let ending = false;

/** A bare socket that forgets what it heard, so that only the server's memory is looked at. */
function enter(url: string, token: string, room: number): Promise<Speaker> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
  const speaker: Speaker = { socket, room, inFlight: 0, posted: 0 };
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("A socket did not open."));
    socket.onclose = ({ code }) => {
      if (ending) return;
      console.error(`A socket was closed with ${code}.`);
      process.exit(1);
    };
    socket.onopen = () => socket.send(JSON.stringify([{ t: "hello", version: 1, token }]));
    let me = 0;
    socket.onmessage = ({ data }) => {
      const text = String(data);
      if (text.includes('"t":"welcome"')) me = JSON.parse(text)[0].you.id;
      if (text.includes('"t":"beat"')) socket.send('[{"t":"beat"}]');
      if (text.includes('"t":"caught_up"')) resolve(speaker);
      if (!text.includes('"kind":"message"')) return;
      totals.delivered += text.split('"kind":"message"').length - 1;
      const own = text.split(`"author":${me},`).length - 1;
      speaker.inFlight -= own;
      totals.acknowledged += own;
    };
  });
}

function post(speaker: Speaker): void {
  speaker.inFlight += 1;
  totals.posted += 1;
  const id = ++speaker.posted;
  const key = Date.now().toString(36) + id.toString(36);
  speaker.socket.send(JSON.stringify([{ t: "post", id, key, conversation: speaker.room, text: TEXT }]));
}

/** Posts as fast as it is acknowledged, or no faster than `rate` a second. */
async function talk(speakers: Speaker[], ms: number, rate: number, each: () => void): Promise<number> {
  const [start, before] = [performance.now(), totals.acknowledged];
  for (let due = 0; ; ) {
    const passed = performance.now() - start;
    if (passed >= ms) break;
    due = Math.min((passed / 1000) * rate, due + 10_000);
    let quota = due - (totals.posted - before);
    for (const speaker of speakers) {
      for (; quota > 0 && speaker.inFlight < IN_FLIGHT; quota--) post(speaker);
    }
    each();
    await Bun.sleep(5);
  }
  return (totals.acknowledged - before) / (ms / 1000);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const { values } = parseArgs({ options: { minutes: { type: "string", default: "60" } } });
const ms = Number(values.minutes) * 60_000;
const folder = temporaryFolder();
const server = new ServerProcess({ port: await freePort(), data: folder.path });
try {
  await server.start();
  const speakers = await moveIn(server.url);
  const capacity = await talk(speakers, 10_000, Number.POSITIVE_INFINITY, () => {});
  console.log(`${Math.round(capacity)} messages a second at full load; half of that for ${values.minutes} minutes.`);
  const samples: { at: number; bytes: number }[] = [];
  let last = 0;
  const start = performance.now();
  const rate = await talk(speakers, ms, capacity / 2, () => {
    const at = performance.now() - start;
    if (at - last < SAMPLE_MS) return;
    last = at;
    void residentBytes(server.pid).then((bytes) => {
      samples.push({ at, bytes });
      if (samples.length % 60 === 0) console.log(`${Math.round(at / 60_000)} min: ${Math.round(bytes / 2 ** 20)} MB`);
    });
  });
  for (const end = performance.now() + 10_000; totals.acknowledged < totals.posted && performance.now() < end; ) {
    await Bun.sleep(50);
  }
  const between = (from: number, to: number) =>
    median(samples.filter(({ at }) => at >= from * ms && at < to * ms).map(({ bytes }) => bytes));
  const [middle, end] = [between(0.5, 0.6), between(0.9, 1)];
  const growth = end / middle - 1;
  const report = {
    minutes: ms / 60_000,
    per_second: Math.round(rate),
    ...totals,
    middle_mb: middle / 2 ** 20,
    end_mb: end / 2 ** 20,
  };
  console.log(JSON.stringify({ ...report, growth_in_second_half: Number(growth.toFixed(4)) }));
  process.exitCode = growth < 0.05 && totals.acknowledged === totals.posted ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  ending = true;
  await server.kill();
  folder.remove();
  process.exit();
}
