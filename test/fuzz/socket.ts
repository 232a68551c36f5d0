import { type CommandName, commands } from "@parley/protocol/commands";
import type { ServerFrame } from "@parley/protocol/frames";
import { Line } from "../kit/node.ts";
import { checkFrame, dueFor, ENDING, echoes, type Said } from "./lines.ts";
import { textOf } from "./trees.ts";
import type { World } from "./world.ts";

const MOST_BYTES = 128 * 1024;
const CLOSE_BYTES = 1024 * 1024;
const ANSWERED_WITHIN = 10_000;
const GREETING_CLOSES = [1009, 4004, 4500, 4501, 4502];

/** What is sent, with everything filled in. */
export function wordsOf(said: Said, world: World): string | Uint8Array<ArrayBuffer> {
  if ("bytes" in said) return said.bytes;
  return "text" in said ? said.text : textOf(said.tree, world.resolve);
}

/** Says something on a live line, and throws unless it is answered as it must be and the line lives. */
export async function feed(line: Line, me: number, words: string | Uint8Array<ArrayBuffer>): Promise<void> {
  line.frames.length = 0;
  line.raw(words);
  const ends = typeof words === "string" && (Buffer.byteLength(words) > CLOSE_BYTES || endsTheLine(words));
  if (ends) return leave(line);
  await fence(line);
  const due = typeof words === "string" ? dueFor(words, MOST_BYTES) : { answers: 1, refusals: 1 };
  for (const until = Date.now() + ANSWERED_WITHIN; answersIn(line.frames, me) < due.answers; await Bun.sleep(1)) {
    if (Date.now() > until) throw new Error(`${answersIn(line.frames, me)} of ${due.answers} answers came.`);
  }
  for (const frame of line.frames) checkFrame(frame);
  const refusals = line.frames.filter(({ t }) => t === "error").length;
  const answers = line.frames.filter(({ t }) => t === "ok" || t === "error").length;
  if (answers > due.answers)
    throw new Error(`${answers} answers came, where ${due.answers} were due: ${heardIn(line)}`);
  if (refusals < due.refusals) throw new Error(`${refusals} refusals, where at least ${due.refusals} were due.`);
  checkResults(line.frames, typeof words === "string" ? words : "");
}

/** Says something on a line that has not said who it is: refused, taken for a hello, or sent away for good. */
export async function feedStranger(url: string, words: readonly (string | Uint8Array<ArrayBuffer>)[]): Promise<void> {
  const line = await Line.open(url);
  for (const one of words) line.raw(one);
  // Nothing that a stranger says keeps the next hello from being answered, unless the line was closed over it.
  line.say([{ t: "hello", version: 1, token: "nobody has this token nobody has this token" }]);
  const over = line.closed().then((code) => {
    if (!GREETING_CLOSES.includes(code)) throw new Error(`A stranger's line was closed with ${code}.`);
  });
  const heard = line.until(({ t }) => t === "error" || t === "welcome").catch(() => {});
  await inTime(Promise.race([over, heard]));
  for (const frame of line.frames) checkFrame(frame);
  line.close();
  await line.closed();
}

function heardIn({ frames }: Line): string {
  return frames.map((frame) => JSON.stringify(frame).slice(0, 120)).join("; ");
}

/** After what may end a line: it is closed, or still answers; either way it has done its part. */
async function leave(line: Line): Promise<void> {
  await inTime(Promise.race([line.closed(), fence(line).catch(() => line.closed())]));
  line.close();
  await line.closed();
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("The server does not answer any more.")), ANSWERED_WITHIN);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** A command whose answer comes after everything before it was carried out or refused. */
async function fence(line: Line): Promise<void> {
  const before = line.frames.length;
  const answer = await inTime(line.ask({ t: "people", ids: [] }));
  if (answer.t !== "ok") throw new Error(`A good command was refused: ${JSON.stringify(answer)} (${before}).`);
  line.frames.splice(line.frames.indexOf(answer), 1);
}

function answersIn(frames: readonly ServerFrame[], me: number): number {
  let answers = 0;
  for (const frame of frames) answers += frame.t === "ok" || frame.t === "error" ? 1 : echoes(frame, me);
  return answers;
}

function endsTheLine(words: string): boolean {
  const due = dueFor(words, MOST_BYTES);
  if (due.answers === due.refusals) return false;
  return commandsIn(words).some(([, name]) => ENDING.includes(name));
}

/** Numbers and names of the frames in a text that is known to be a batch. */
function commandsIn(words: string): [unknown, CommandName][] {
  const batch: unknown = JSON.parse(words);
  if (!Array.isArray(batch)) return [];
  const isOne = (t: unknown) => typeof t === "string" && Object.hasOwn(commands, t);
  return batch.flatMap((frame) => (isOne(frame?.t) ? [[frame.id, frame.t]] : []));
}

/** Every result has exactly the shape of one of the commands that were given under its number. */
function checkResults(frames: readonly ServerFrame[], words: string): void {
  for (const frame of frames) {
    if (frame.t !== "ok") continue;
    const given = commandsIn(words).filter(([id]) => id === frame.id);
    const right = given.some(([, name]) => {
      const parsed = commands[name].result.safeParse(frame.result);
      return parsed.success && Bun.deepEquals(parsed.data, frame.result);
    });
    if (!right) throw new Error(`This is no result of ${given}: ${JSON.stringify(frame.result).slice(0, 500)}`);
  }
}
