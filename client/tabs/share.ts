import type { ClientFrame, ServerFrame } from "@parley/protocol/frames";
import { packed } from "../batch.ts";
import { Mux } from "./mux.ts";
import type { Tabs } from "./surroundings.ts";

/** How often a tab that somebody looks at asks whether its leader lives, and how many answers may fail to come. */
const ASKED_EVERY = 240;
const PATIENCE = 3;
const GONE = 1006;

/** What tabs say to each other. `leader` is who speaks or is spoken to in that role. */
type Message =
  | { is: "lead"; leader: string }
  | { is: "join"; line: string; tab: string }
  | { is: "joined"; line: string; leader: string }
  | { is: "said"; line: string; leader: string; text: string }
  | { is: "left"; line: string }
  | { is: "tell"; lines: readonly string[]; leader: string; text: string }
  | { is: "end"; line: string; leader: string; code: number; reason: string }
  | { is: "ask" }
  | { is: "here"; leader: string };

/** The client's end of a line that is shared. */
export interface SharedEnd {
  told(text: string): void;
  ended(code: number, reason: string): void;
}

interface Line {
  end: SharedEnd;
  /** Who leads it; null until somebody said so. */
  leader: string | null;
  /** What was said before that. */
  said: string[];
}

/**
 * One person's tabs in one browser: one of them leads, which means that it has the socket; the others speak through
 * it. When the leader ends or stands still another one takes its place, and every line begins anew from its cursors.
 */
export class Share {
  readonly #tabs: Tabs;
  readonly #name: string;
  readonly #channel: { post(message: Message): void };
  readonly #lines = new Map<string, Line>();
  /** Tabs that speak through this one, and how to stop waiting for their end. */
  readonly #followers = new Map<string, { lines: Set<string>; forget: () => void }>();
  readonly #mux: Mux;
  #leads = false;
  /** The others can tell when this tab ends. */
  #known = false;
  #unlock: () => void = () => {};
  #unanswered = 0;
  #asking: (() => void) | null = null;
  #lastLine = 0;

  constructor(tabs: Tabs, name: string, url: string) {
    this.#tabs = tabs;
    this.#name = name;
    this.#channel = tabs.channel(name, (message) => this.#hear(message as Message));
    this.#mux = new Mux({
      WebSocket: tabs.WebSocket,
      url,
      clock: tabs.clock,
      tell: (lines, frames) => this.#tell(lines, frames),
      end: (line, code, reason) => this.#end(line, code, reason),
    });
    // Whoever leads waits for this lock: it is free when this tab is no more.
    tabs.lock(
      this.#lockOf(tabs.id),
      () => this.#begin(),
      () => {},
      "wait",
    );
  }

  /** Opens a line; the result is its name. */
  open(end: SharedEnd): string {
    const line = `${this.#tabs.id}/${++this.#lastLine}`;
    this.#lines.set(line, { end, leader: null, said: [] });
    this.#join(line);
    this.#askSoon();
    return line;
  }

  say(name: string, text: string): void {
    const line = this.#lines.get(name);
    if (!line) return;
    if (line.leader === null) line.said.push(text);
    else if (line.leader === this.#tabs.id) this.#mux.hear(name, framesOf(text));
    else this.#channel.post({ is: "said", line: name, leader: line.leader, text });
  }

  close(name: string): void {
    const line = this.#lines.get(name);
    this.#lines.delete(name);
    if (line?.leader === this.#tabs.id) this.#mux.leave(name);
    else if (line) this.#channel.post({ is: "left", line: name });
  }

  #lockOf(tab: string): string {
    return `${this.#name}/${tab}`;
  }

  #begin(): void {
    this.#known = true;
    this.#waitToLead();
    for (const [name, { leader }] of [...this.#lines]) if (leader === null) this.#join(name);
  }

  #waitToLead(): void {
    const [held, lost] = [() => this.#lead(), () => this.#abdicate()];
    this.#unlock = this.#tabs.lock(this.#name, held, lost, "wait");
  }

  #steal(): void {
    this.#unlock();
    const [held, lost] = [() => this.#lead(), () => this.#abdicate()];
    this.#unlock = this.#tabs.lock(this.#name, held, lost, "steal");
  }

  #lead(): void {
    this.#leads = true;
    this.#stopAsking();
    this.#channel.post({ is: "lead", leader: this.#tabs.id });
    this.#ledBy(this.#tabs.id);
  }

  /** Another tab took over, because this one stood still. */
  #abdicate(): void {
    this.#leads = false;
    this.#mux.close(GONE, "Another tab leads.");
    for (const { forget } of this.#followers.values()) forget();
    this.#followers.clear();
    this.#waitToLead();
  }

  /** Lines that somebody else led are over; those that nobody did are joined. */
  #ledBy(leader: string): void {
    for (const [name, line] of [...this.#lines]) {
      if (line.leader === null) this.#join(name);
      else if (line.leader !== leader) this.#endHere(name, GONE, "Another tab leads.");
    }
  }

  #join(name: string): void {
    if (!this.#known) return;
    if (!this.#leads) return this.#channel.post({ is: "join", line: name, tab: this.#tabs.id });
    this.#mux.join(name);
    this.#joined(name, this.#tabs.id);
  }

  #joined(name: string, leader: string): void {
    const line = this.#lines.get(name);
    if (!line || line.leader !== null) return;
    line.leader = leader;
    for (const text of line.said.splice(0)) this.say(name, text);
  }

  #hear(message: Message): void {
    if ("leader" in message && message.is !== "said" && message.leader !== this.#tabs.id) this.#unanswered = 0;
    switch (message.is) {
      case "lead":
        return this.#leads ? undefined : this.#ledBy(message.leader);
      case "join":
        return this.#leads ? this.#take(message.line, message.tab) : undefined;
      case "said":
        return this.#leads && message.leader === this.#tabs.id
          ? this.#mux.hear(message.line, framesOf(message.text))
          : undefined;
      case "left":
        return this.#leads ? this.#left(message.line) : undefined;
      case "ask":
        return this.#leads ? this.#channel.post({ is: "here", leader: this.#tabs.id }) : undefined;
      case "joined":
        return this.#joined(message.line, message.leader);
      case "tell":
        for (const line of message.lines) this.#told(line, message.leader, message.text);
        return;
      case "end":
        if (this.#lines.get(message.line)?.leader === message.leader) {
          this.#endHere(message.line, message.code, message.reason);
        }
    }
  }

  #take(line: string, tab: string): void {
    const follower = this.#followers.get(tab) ?? { lines: new Set<string>(), forget: this.#waitForEnd(tab) };
    this.#followers.set(tab, follower);
    if (follower.lines.has(line)) return;
    follower.lines.add(line);
    this.#mux.join(line);
    this.#channel.post({ is: "joined", line, leader: this.#tabs.id });
  }

  /** A tab that was closed or crashed cannot say so; its lock tells. */
  #waitForEnd(tab: string): () => void {
    const forget = this.#tabs.lock(
      this.#lockOf(tab),
      () => {
        for (const line of this.#followers.get(tab)?.lines ?? []) this.#mux.leave(line);
        this.#followers.delete(tab);
        forget();
      },
      () => {},
      "wait",
    );
    return forget;
  }

  #tell(lines: readonly string[], frames: readonly ServerFrame[]): void {
    const others = lines.filter((line) => !this.#lines.has(line));
    for (const text of packed(frames)) {
      for (const line of lines) this.#told(line, this.#tabs.id, text);
      if (others.length > 0) this.#channel.post({ is: "tell", lines: others, leader: this.#tabs.id, text });
    }
  }

  #told(name: string, leader: string, text: string): void {
    const line = this.#lines.get(name);
    if (line?.leader === leader) line.end.told(text);
  }

  #left(line: string): void {
    for (const { lines } of this.#followers.values()) lines.delete(line);
    this.#mux.leave(line);
  }

  #end(line: string, code: number, reason: string): void {
    if (this.#lines.has(line)) return this.#endHere(line, code, reason);
    for (const { lines } of this.#followers.values()) lines.delete(line);
    this.#channel.post({ is: "end", line, leader: this.#tabs.id, code, reason });
  }

  #endHere(name: string, code: number, reason: string): void {
    const line = this.#lines.get(name);
    this.#lines.delete(name);
    line?.end.ended(code, reason);
  }

  /** While somebody looks at a tab that is led by another, it makes sure that the other one lives. */
  #askSoon(): void {
    if (this.#leads) return;
    this.#asking ??= this.#tabs.clock.after(ASKED_EVERY, () => {
      this.#asking = null;
      if (this.#leads || this.#lines.size === 0) return;
      this.#ask();
      this.#askSoon();
    });
  }

  #ask(): void {
    if (!this.#tabs.visible()) {
      this.#unanswered = 0;
      return;
    }
    if (this.#unanswered++ < PATIENCE) return this.#channel.post({ is: "ask" });
    this.#unanswered = 0;
    this.#steal();
  }

  #stopAsking(): void {
    this.#asking?.();
    this.#asking = null;
    this.#unanswered = 0;
  }
}

function framesOf(text: string): ClientFrame[] {
  return JSON.parse(text) as ClientFrame[];
}
