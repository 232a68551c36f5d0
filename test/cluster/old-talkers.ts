import type { Client } from "@parley/client";
import { OldClient } from "../kit/old-client.ts";
import { fetchAll } from "../kit/replicas.ts";

const PAUSE = 400;
const AGAIN = 500;

/** What the clients of a dialect saw of a log, compared with it. */
export interface OldVerdict {
  /** What somebody heard and the log has not, and what they did not hear between two things that they did. */
  lost: number;
  duplicated: number;
  misordered: number;
}

/** Clients of plain who talk in one room, and come back whenever they are cut off. */
export class OldTalkers {
  said = 0;
  returns = -1;
  /** What each connection heard. */
  readonly #heard: string[][] = [];
  readonly #url: string;
  readonly #names: readonly string[];

  constructor(url: string, names: readonly string[]) {
    this.#url = url;
    this.#names = names;
    this.returns = -names.length;
  }

  async talk(goesOn: () => boolean): Promise<void> {
    await Promise.all(this.#names.map((name) => this.#keepTalking(name, goesOn)));
  }

  async #keepTalking(name: string, goesOn: () => boolean): Promise<void> {
    for (let n = 0; goesOn(); await Bun.sleep(AGAIN)) {
      const client = await OldClient.open(`${this.#url}/dialects/plain/ws/${name}`);
      if (!client.closed) this.returns += 1;
      while (!client.closed && goesOn()) {
        client.say(`old/${name}/${++n}`);
        this.said += 1;
        await Bun.sleep(Math.random() * 2 * PAUSE);
      }
      await client.rest();
      client.drop();
      this.#heard.push(client.heard.filter((frame) => !frame.startsWith("System: ")).map(textOf));
    }
  }

  /** How what they heard differs from the log of their room. */
  async verdict(witness: Client, room: number): Promise<OldVerdict> {
    const items = await fetchAll(witness, room);
    const log = items.flatMap((item) => (item.kind === "message" && item.text !== null ? [item.text] : []));
    return judged(log, this.#heard);
  }
}

function textOf(frame: string): string {
  return frame.slice(frame.indexOf(": ") + 2);
}

/** Pure: every connection heard a stretch of the log as it stands there, and nobody's words stand there twice. */
export function judged(log: readonly string[], heard: readonly (readonly string[])[]): OldVerdict {
  const place = new Map(log.map((text, at) => [text, at]));
  const verdict = { lost: 0, duplicated: log.length - place.size, misordered: outOfTurn(log) };
  for (const connection of heard) {
    let last: number | null = null;
    for (const text of connection) {
      const at = place.get(text);
      if (at === undefined) verdict.lost += 1;
      else if (at === last) verdict.duplicated += 1;
      else if (last !== null && at < last) verdict.misordered += 1;
      else if (last !== null) verdict.lost += at - last - 1;
      last = at ?? last;
    }
  }
  return verdict;
}

/** Old clients whose own words do not stand in the order in which they said them. */
function outOfTurn(log: readonly string[]): number {
  const last = new Map<string, number>();
  let wrong = 0;
  for (const [, name = "", n] of log.flatMap((text) => [/^old\/(\w+)\/(\d+)$/.exec(text) ?? []])) {
    if (n === undefined) continue;
    if (Number(n) <= (last.get(name) ?? 0)) wrong += 1;
    last.set(name, Number(n));
  }
  return wrong;
}
