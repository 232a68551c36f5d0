import { OldClient } from "../kit/old-client.ts";
import { type Due, type OldWire, oldWires, PEER } from "./old-wires.ts";

const MARK = "still here";
/** A client is given up for a fresh one after so many inputs. */
const LASTS = 200;

/** One dialect of a server: somebody who is fed, and somebody who listens and must not notice. */
export class OldFeeding {
  readonly #url: string;
  readonly #wire: OldWire;
  readonly #watcher: OldClient;
  #client: OldClient | null = null;
  #left = 0;
  #marks = 0;

  private constructor(url: string, wire: OldWire, watcher: OldClient) {
    this.#url = url;
    this.#wire = wire;
    this.#watcher = watcher;
  }

  /** Begins to feed each dialect of this server. */
  static async all(url: string): Promise<Record<string, OldFeeding>> {
    const made = await fetch(`${url}/api/chat/rooms`, { method: "POST", body: JSON.stringify({ name: "Nonsense" }) });
    const { id } = (await made.json()) as { id: number };
    await (await OldClient.open(`${url}/dialects/direct/ws/${PEER}`)).leave();
    const feedings: Record<string, OldFeeding> = {};
    for (const [name, wire] of Object.entries(oldWires(id))) {
      feedings[name] = new OldFeeding(url, wire, await OldClient.open(url + wire.path("watcher")));
    }
    return feedings;
  }

  get texts() {
    return this.#wire.texts;
  }

  /** Sends this, and a sentence behind it. Throws unless exactly what is due came, to those whom it is for. */
  async feed(said: string | Uint8Array): Promise<void> {
    const { due, binary, frame } = this.#wire;
    const owed = typeof said === "string" ? due(said) : binary;
    const client = await this.#clumsy();
    client.heard.length = 0;
    client.say(said);
    if (typeof owed === "object" && "ends" in owed) return this.#expectEnd(client, owed.ends);
    const mark = `${MARK} ${++this.#marks}`;
    client.say(frame(mark));
    await until(() => this.#shown(client).length >= (typeof owed === "object" ? 2 : 1) || client.closed !== null);
    this.#judge(client, owed, mark);
  }

  /** The watcher says something and hears it. */
  async undisturbed(): Promise<void> {
    const before = this.#shown(this.#watcher).length;
    this.#watcher.say(this.#wire.frame(MARK));
    await until(() => this.#shown(this.#watcher).length > before || this.#watcher.closed !== null);
    if (this.#watcher.closed) throw new Error(`A bystander was sent away: ${JSON.stringify(this.#watcher.closed)}`);
    this.#watcher.heard.length = 0;
  }

  close(): void {
    this.#client?.drop();
    this.#watcher.drop();
  }

  #shown({ heard }: OldClient): string[] {
    return heard.flatMap((frame) => this.#wire.shown(frame) ?? []);
  }

  #judge(client: OldClient, owed: Due, mark: string): void {
    const { heard, closed } = client;
    const shown = this.#shown(client);
    const said = typeof owed === "object" && "says" in owed ? [owed.says, mark] : [mark];
    // What a message says is not told to its author everywhere.
    const right = shown.every((text, at) => text === "" || text === said[at]);
    const many = owed === "allowed" ? shown.length <= 2 && shown.length > 0 : shown.length === said.length;
    const refused = owed !== "refused" || heard.length > shown.length;
    if (closed || !right || !many || !refused) {
      throw new Error(`${JSON.stringify(owed)} was due, and this came: ${short(heard)} ${JSON.stringify(closed)}`);
    }
  }

  async #expectEnd(client: OldClient, code: number): Promise<void> {
    await until(() => client.closed !== null);
    if (client.closed?.code !== code) throw new Error(`${code} was due, not ${JSON.stringify(client.closed)}.`);
    if (this.#shown(client).length > 0) throw new Error(`Something was said: ${short(client.heard)}`);
  }

  async #clumsy(): Promise<OldClient> {
    if (this.#client && !this.#client.closed && this.#left-- > 0) return this.#client;
    if (this.#client && !this.#client.closed) await this.#client.leave();
    this.#left = LASTS;
    this.#client = await OldClient.open(this.#url + this.#wire.path("clumsy"));
    const mark = `${MARK} ${++this.#marks}`;
    // What was still on its way to whoever was here before comes first.
    this.#client.say(this.#wire.frame(mark));
    await until(() => this.#shown(this.#client as OldClient).some((text) => text === "" || text === mark));
    return this.#client;
  }
}

function short(heard: readonly string[]): string {
  return JSON.stringify(heard.map((frame) => frame.slice(0, 200)));
}

/** Throws where this does not become so in time. */
async function until(isSo: () => boolean): Promise<void> {
  for (const late = Date.now() + 10_000; !isSo(); await Bun.sleep(0)) {
    if (Date.now() > late) throw new Error("The server does not answer any more.");
  }
}
