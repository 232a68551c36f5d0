import { CLOSES, mayReconnect } from "@parley/protocol/closes";
import { ChatError, ERRORS, type ErrorCode } from "@parley/protocol/errors";
import type { ClientFrame, ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { Time } from "@parley/protocol/ids";
import { backoff } from "./backoff.ts";
import { Link } from "./link.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Line } from "./views.ts";
import { within } from "./within.ts";

/** A line that was live for so long starts its back-off anew. */
const STEADY = 10_000;
/** How long a socket may take from its opening to the welcome. */
const GREETING = 15_000;
/** How often a device that says it has no network is not believed. */
const DOUBT = 20_000;

/** Beats that come closer together are one. */
const ONE_BEAT = 50;

type State =
  | { is: "signed_out" }
  | { is: "stopped"; code: number; reason: string }
  | { is: "preparing" }
  | { is: "opening"; link: Link; cancel: () => void; doubting: boolean }
  | { is: "catching_up"; link: Link }
  | { is: "live"; link: Link; since: Time }
  | { is: "waiting"; until: Time; attempt: number; cancel: () => void }
  | { is: "offline"; cancel: () => void };

/** What the line needs from, and tells to, the rest of the client. */
export interface ConnectionParts {
  /** What must be there before a line is opened; null when it is. */
  preparing(): Promise<void> | null;
  hello(): ClientFrame[];
  receive(frame: ServerFrame): void;
  riding(): ClientFrame[];
  /** The line went down; what was on its way may or may not have arrived. */
  lost(): void;
  /** The server does not take this hello, or wants no more of this client. */
  refused(error: ChatError): void;
  /** A password is being tried. */
  proving(): boolean;
  /** Entries known to be missing, and whether any are being asked for. */
  behind(): { entries: number; mending: boolean };
  changed(): void;
}

/** Keeps one line to the server: opens, greets, notices silence, waits, and opens again until it is told to stop. */
export class Connection {
  readonly #around: Surroundings;
  readonly #parts: ConnectionParts;
  #state: State = { is: "signed_out" };
  #attempt = 0;
  #downSince: Time | null = null;
  #retryAfter = 0;
  #heardAt: Time = 0;
  #answeredAt: Time = 0;
  #silence = Number.POSITIVE_INFINITY;
  #stopWatch = () => {};
  #stopListening: (() => void) | null = null;

  constructor(around: Surroundings, parts: ConnectionParts) {
    this.#around = around;
    this.#parts = parts;
  }

  /** True from the welcome on: commands are heard. */
  get up(): boolean {
    return this.#state.is === "catching_up" || this.#state.is === "live";
  }

  /** Until when everything was heard: now while it is live. */
  get heardAt(): Time {
    return this.#downSince ?? this.#around.clock.now();
  }

  /** In an earlier life everything was heard until then. */
  wasHeard(at: Time): void {
    this.#downSince ??= at;
  }

  line(): Line {
    const state = this.#state;
    const since = this.#downSince ?? 0;
    switch (state.is) {
      case "preparing":
        return { is: "connecting" };
      case "opening":
        return state.doubting ? { is: "offline", since } : { is: "connecting" };
      case "catching_up":
        return { is: "catching_up", behind: this.#parts.behind().entries };
      case "live": {
        const { entries, mending } = this.#parts.behind();
        return mending ? { is: "catching_up", behind: entries } : { is: "live" };
      }
      case "waiting":
        return { is: "waiting", since, until: state.until, attempt: state.attempt };
      case "offline":
        return { is: "offline", since };
      case "signed_out":
        return { is: "signed_out" };
      case "stopped":
        return { is: "stopped", code: state.code, reason: state.reason };
    }
  }

  open(): void {
    if (this.#state.is !== "signed_out" && this.#state.is !== "stopped") return;
    this.#stopListening ??= this.#around.network.listen(() => this.#networkChanged());
    this.#attempt = 0;
    this.#prepare();
  }

  /** Ends the line, and every attempt to have one. */
  close(to: { is: "signed_out" } | { is: "stopped"; code: number; reason: string }): void {
    this.#stopListening?.();
    this.#stopListening = null;
    if (to.is === "signed_out") this.#downSince = null;
    else this.#downSince ??= this.#around.clock.now();
    this.#leave(to);
  }

  /** Ends a wait. */
  tryNow(): void {
    if (this.#state.is === "waiting" || this.#state.is === "offline") this.#start(false);
  }

  /** Only what is sent on a line that is up leaves; everything else is its owner's to send again. */
  send(frame: ClientFrame): boolean {
    const state = this.#state;
    if (state.is !== "catching_up" && state.is !== "live") return false;
    state.link.send(frame);
    return true;
  }

  /** Gives up this socket for a new one. */
  cut(): void {
    if (this.up) this.#wait();
  }

  #prepare(): void {
    const preparing = this.#parts.preparing();
    if (!preparing) return this.#start(false);
    this.#leave({ is: "preparing" });
    void preparing.then(() => this.#state.is === "preparing" && this.#start(false));
  }

  #start(doubting: boolean): void {
    const cancel = this.#around.clock.after(GREETING, () => this.#wait());
    const link = new Link(this.#around.WebSocket, this.#around.socketUrl, {
      opened: () => this.#greet(link),
      received: (frame) => this.#receive(link, frame),
      closed: (code, reason) => this.#closed(code, reason),
      riding: () => (this.up ? this.#parts.riding() : []),
    });
    this.#leave({ is: "opening", link, cancel, doubting });
  }

  #greet(link: Link): void {
    for (const frame of this.#parts.hello()) link.send(frame);
  }

  #receive(link: Link, frame: ServerFrame): void {
    this.#heardAt = this.#around.clock.now();
    switch (frame.t) {
      case "welcome":
        this.#welcome(link, frame);
        break;
      case "caught_up":
        this.#caughtUp(link, frame);
        return;
      case "bye":
        this.#retryAfter = frame.retry_after;
        return;
      case "beat":
        this.#answerBeat(link);
        break;
      case "error":
        if (frame.id === undefined && this.#state.is === "opening") return this.#helloRefused(frame);
        break;
    }
    this.#parts.receive(frame);
  }

  /** One beat may come as several frames, and needs one answer. */
  #answerBeat(link: Link): void {
    if (within(ONE_BEAT, this.#answeredAt, this.#heardAt)) return;
    this.#answeredAt = this.#heardAt;
    link.send({ t: "beat" });
  }

  #welcome(link: Link, frame: ServerFrameOf<"welcome">): void {
    if (this.#state.is === "opening") this.#state.cancel();
    this.#state = { is: "catching_up", link };
    this.#retryAfter = 0;
    this.#answeredAt = 0;
    this.#silence = frame.beat * 2.5;
    this.#watch();
    this.#parts.changed();
  }

  #caughtUp(link: Link, frame: ServerFrame): void {
    this.#parts.receive(frame);
    if (this.#state.is !== "catching_up") return;
    this.#downSince = null;
    this.#state = { is: "live", link, since: this.#around.clock.now() };
    this.#parts.changed();
  }

  #helloRefused({ code, message, retry_after }: ServerFrameOf<"error">): void {
    // A person waits for the answer to a password: it is not tried again behind their back.
    if (ERRORS[code]?.retry && !(code === "too_fast" && this.#parts.proving())) {
      this.#retryAfter = retry_after ?? 0;
      return this.#wait();
    }
    this.#parts.refused(new ChatError(code, message, retry_after));
    this.close(isAboutNames(code) ? { is: "signed_out" } : { is: "stopped", code: closeOf(code), reason: message });
  }

  #closed(code: number, reason: string): void {
    if (mayReconnect(code)) return this.#wait();
    this.#parts.refused(new ChatError(errorOf(code), reason || undefined));
    this.close({ is: "stopped", code, reason });
  }

  #wait(): void {
    const now = this.#around.clock.now();
    if (this.#state.is === "live" && now - this.#state.since >= STEADY) this.#attempt = 0;
    this.#downSince ??= now;
    if (!this.#around.network.online()) return this.#sleep();
    const ms = Math.max(this.#retryAfter, backoff(this.#attempt, this.#around.random));
    this.#retryAfter = 0;
    this.#attempt++;
    const cancel = this.#around.clock.after(ms, () => this.#start(false));
    this.#leave({ is: "waiting", until: now + ms, attempt: this.#attempt, cancel });
  }

  #sleep(): void {
    this.#downSince ??= this.#around.clock.now();
    this.#leave({ is: "offline", cancel: this.#around.clock.after(DOUBT, () => this.#start(true)) });
  }

  #networkChanged(): void {
    if (this.#state.is === "preparing") return;
    const online = this.#around.network.online();
    const asleep = this.#state.is === "offline" || (this.#state.is === "opening" && this.#state.doubting);
    if (online && (asleep || this.#state.is === "waiting")) {
      this.#attempt = 0;
      this.#start(false);
    }
    if (!online && !asleep) this.#sleep();
  }

  /** Moves to another state, after everything of the old one was taken down. */
  #leave(to: State): void {
    const from = this.#state;
    this.#state = to;
    if ("cancel" in from) from.cancel();
    if ("link" in from) from.link.drop();
    this.#stopWatch();
    if (from.is === "catching_up" || from.is === "live") this.#parts.lost();
    this.#parts.changed();
  }

  #watch(): void {
    this.#stopWatch();
    // A clock that was set back must not make silence look short.
    this.#heardAt = Math.min(this.#heardAt, this.#around.clock.now());
    const left = this.#heardAt + this.#silence - this.#around.clock.now();
    this.#stopWatch = this.#around.clock.after(Math.max(1, left), () => {
      if (!this.up) return;
      if (this.#around.clock.now() - this.#heardAt >= this.#silence) this.#wait();
      else this.#watch();
    });
  }
}

/** Another name or password may be tried after this refusal. */
export function isAboutNames(code: ErrorCode): boolean {
  return code === "name_taken" || code === "bad_name" || code === "wrong_password" || code === "too_fast";
}

function closeOf(code: ErrorCode): number {
  if (code === "unsupported_version") return CLOSES.unsupported_version.code;
  return code === "bad_token" ? CLOSES.signed_out.code : CLOSES.protocol_broken.code;
}

function errorOf(close: number): ErrorCode {
  if (close === CLOSES.unsupported_version.code) return "unsupported_version";
  return close === CLOSES.signed_out.code ? "bad_token" : "bad_frame";
}
