import type { ServerFrame } from "@parley/protocol/frames";
import type { Client } from "../client.ts";
import { createClient } from "../create.ts";
import { sharedSockets } from "../tabs/socket.ts";
import { FakeBrowser, type FakeTab } from "./browser.ts";
import { FakeClock, turn } from "./clock.ts";
import { fakeSockets, type ServerEnd } from "./line.ts";
import { CAUGHT_UP, INBOX, introduced, ROOM, room, welcome } from "./world.ts";

export const inbox = room({ id: INBOX, kind: "inbox", name: null, visibility: "private" });

/** A tab and its client. */
export interface Tab {
  at: FakeTab;
  client: Client;
}

/** A browser whose tabs are one person's, and the server's end of every real socket that it opens. */
export class Stage {
  readonly browser = new FakeBrowser();
  readonly clock = new FakeClock();
  readonly ends: ServerEnd[] = [];

  get end(): ServerEnd {
    return this.ends.at(-1) as ServerEnd;
  }

  /** A tab whose client has said hello. */
  async tab(token: string | null = "a-token-of-mine"): Promise<Tab> {
    const at = this.browser.open(fakeSockets(this.ends), this.clock);
    let made = 0;
    const client = createClient({
      url: "http://parley.test",
      ...(token !== null && { token }),
      WebSocket: sharedSockets(at),
      clock: at.clock,
      random: () => 0.5,
      randomKey: (length) => `${at.id}k${++made}`.padEnd(length, "-"),
    });
    client.connect();
    await turn();
    return { at, client };
  }

  /** The server takes the newest socket, and tells of a room. */
  async greet(head = 4): Promise<void> {
    this.end.accept();
    await turn();
    await this.say(welcome(), introduced(inbox), introduced(room({ head })), CAUGHT_UP);
  }

  /** The first tab is live, the others are brought up as they come. */
  async first(): Promise<Tab> {
    const tab = await this.tab();
    await this.greet();
    return tab;
  }

  async next(): Promise<Tab> {
    const tab = await this.tab();
    await this.bringUp();
    return tab;
  }

  async say(...frames: ServerFrame[]): Promise<void> {
    this.end.say(...frames);
    await turn();
  }

  /** Answers what is followed, with what belongs before the answer. */
  async bringUp(head = 4, before: (id: number) => ServerFrame[] = () => []): Promise<void> {
    for (const { id, conversation, seq } of this.end.all("follow").filter((one) => !this.#answered.has(one))) {
      const summary = conversation === INBOX ? inbox : room({ head });
      const intro = seq === undefined ? [introduced(summary)] : [];
      this.end.say(...intro, ...before(conversation), { t: "ok", id, result: { conversation: summary } });
    }
    for (const one of this.end.all("follow")) this.#answered.add(one);
    await turn();
  }
  readonly #answered = new Set<unknown>();
}

/** What this tab shows of the room. */
export function texts({ client }: Tab): unknown[] {
  return client.timeline(ROOM).rows.map((row) => (row.kind === "message" ? row.text : row.kind));
}
