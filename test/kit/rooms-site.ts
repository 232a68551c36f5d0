import { checkOldAnswer } from "./documents.ts";
import { OldClient } from "./old-client.ts";
import { ParleyProcess, temporaryFolder } from "./process.ts";

/** A room as the old clients of `rooms` know it. */
export interface OldRoom {
  id: number;
  name: string;
  created_at: string;
}

export interface OldMessage {
  id: number;
  room_id: number;
  username: string;
  content: string;
  timestamp: string;
}

/** A real server, used as old clients of `rooms` use it. */
export class RoomsSite {
  readonly url: string;
  readonly #parley: ParleyProcess;
  readonly #folder: { path: string; remove(): void };

  private constructor(url: string, parley: ParleyProcess, folder: { path: string; remove(): void }) {
    this.url = url;
    this.#parley = parley;
    this.#folder = folder;
  }

  static async start(env: Record<string, string> = {}, folder = temporaryFolder()): Promise<RoomsSite> {
    const parley = new ParleyProcess({ PARLEY_DATA: folder.path, PARLEY_RATE_LIMITS: "off", ...env });
    return new RoomsSite(await parley.url(), parley, folder);
  }

  get socket(): string {
    return `${this.url.replace(/^http/, "ws")}/socket`;
  }

  /** One request; its answer is held to the documents. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${this.url}/api/chat/rooms${path}`, {
      method,
      redirect: "manual",
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: text }),
    });
    await checkOldAnswer(method, `/api/chat/rooms${path}`, response.clone());
    return response;
  }

  async room(name: string, token?: string): Promise<OldRoom> {
    const response = await this.ask("POST", "", { name }, token ? { authorization: `Bearer ${token}` } : {});
    if (response.status !== 201) throw new Error(`No room: ${response.status} ${await response.text()}`);
    return (await response.json()) as OldRoom;
  }

  async messages(room: number): Promise<OldMessage[]> {
    return (await (await this.ask("GET", `/${room}/messages`)).json()) as OldMessage[];
  }

  address(room: number | string, name: string, token?: string): string {
    const proof = token === undefined ? "" : `&token=${token}`;
    return `${this.url}/ws/chat/${room}?username=${encodeURIComponent(name)}${proof}`;
  }

  /** Enters a room, and reads who is there: the frame that comes first. */
  async enter(room: number, name: string, token?: string): Promise<OldClient> {
    const client = await OldClient.open(this.address(room, name, token));
    const { type } = await client.json();
    if (type !== "users_list") throw new Error(`${name} heard ${type} first.`);
    return client;
  }

  /** The same data, in another life of the server. */
  async again(): Promise<RoomsSite> {
    await this.#parley.stop();
    return RoomsSite.start({}, this.#folder);
  }

  async stop(): Promise<void> {
    await this.#parley.stop();
    this.#folder.remove();
  }
}
