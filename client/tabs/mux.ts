import type { ClientFrame, CommandFrame, ServerFrame } from "@parley/protocol/frames";
import type { ClientClock } from "../client.ts";
import { Link } from "../link.ts";
import { Member } from "./member.ts";
import { SharedLine } from "./shared-line.ts";

/** So many beats without a word, and a line is not given to anybody new. */
const SILENCE = 2.5;
const GONE = 1006;

export interface MuxParts {
  WebSocket: typeof WebSocket;
  url: string;
  clock: ClientClock;
  /** Says frames to all of these. */
  tell(members: readonly string[], frames: readonly ServerFrame[]): void;
  /** Its line is over. */
  end(member: string, code: number, reason: string): void;
}

/**
 * One socket for the clients of several tabs. Each says its own hello and hears what a socket of its own would have
 * told it: what it missed from its own cursors, then everything that is live.
 */
export class Mux {
  readonly #parts: MuxParts;
  readonly #members = new Map<string, Member>();
  #line: SharedLine | null = null;
  #link: Link | null = null;
  #heardAt = 0;
  #out: { to: string[]; frames: ServerFrame[] }[] = [];

  constructor(parts: MuxParts) {
    this.#parts = parts;
  }

  join(id: string): void {
    this.#members.set(id, new Member(id));
  }

  /** A member says something. */
  hear(id: string, frames: readonly ClientFrame[]): void {
    const member = this.#members.get(id);
    if (!member) return this.#parts.end(id, GONE, "This line is not known here.");
    for (const frame of frames) {
      if (frame.t === "hello" || frame.t === "cursors") this.#greet(member, frame);
      else if (frame.t !== "beat") this.#command(member, frame);
    }
  }

  leave(id: string): void {
    const member = this.#members.get(id);
    this.#members.delete(id);
    if (!member) return;
    if (this.#members.size === 0 || member.stalled) return this.close(GONE, "");
    if (member.is !== "resuming" || this.#line?.welcomed) return this.#line?.left();
    this.#drop();
    const next = [...this.#members.values()].find(({ is }) => is === "waiting");
    if (next) this.#open(next);
  }

  /** Ends the socket, and the lines of all members. */
  close(code: number, reason: string): void {
    this.#drop();
    this.#flush();
    const ids = [...this.#members.keys()];
    this.#members.clear();
    for (const id of ids) this.#parts.end(id, code, reason);
  }

  #greet(member: Member, frame: ClientFrame): void {
    const again = member.is === "resuming";
    if (!member.greet(frame) && !again) return;
    // The server did not take the first hello, and this is another.
    if (again) return this.#link?.send(frame);
    member.is = "waiting";
    if (this.#isSilent()) {
      this.#members.delete(member.id);
      this.close(GONE, "");
      this.#members.set(member.id, member);
    }
    if (!this.#link) this.#open(member);
    else this.#line?.bringUp(member);
  }

  #command(member: Member, frame: CommandFrame): void {
    if (member.is === "live" && this.#line) this.#line.command(member, frame);
    else member.held.push(frame);
  }

  #isSilent(): boolean {
    const silence = (this.#line?.beat ?? Number.POSITIVE_INFINITY) * SILENCE;
    return this.#link !== null && this.#parts.clock.now() - this.#heardAt > silence;
  }

  #open(first: Member): void {
    first.is = "resuming";
    const link: Link = new Link(this.#parts.WebSocket, this.#parts.url, {
      opened: () => {
        for (const frame of first.hello) link.send(frame);
      },
      received: (frame) => this.#received(frame),
      closed: (code, reason) => this.close(code, reason),
      riding: () => [],
    });
    this.#link = link;
    this.#line = new SharedLine({
      members: this.#members,
      clock: this.#parts.clock,
      send: (frame) => link.send(frame),
      say: (to, frame) => this.#say(to, frame),
    });
  }

  #received(frame: ServerFrame): void {
    this.#heardAt = this.#parts.clock.now();
    this.#line?.receive(frame);
  }

  #drop(): void {
    this.#line?.over();
    this.#link?.drop();
    this.#link = null;
    this.#line = null;
  }

  /** Frames of one turn to the same members leave together. */
  #say(to: string[], frame: ServerFrame): void {
    if (to.length === 0) return;
    if (this.#out.length === 0) queueMicrotask(() => this.#flush());
    const last = this.#out.at(-1);
    if (last && last.to.length === to.length && last.to.every((id, at) => id === to[at])) last.frames.push(frame);
    else this.#out.push({ to, frames: [frame] });
  }

  #flush(): void {
    for (const { to, frames } of this.#out.splice(0)) this.#parts.tell(to, frames);
  }
}
