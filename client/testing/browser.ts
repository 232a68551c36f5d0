import type { ClientClock } from "../client.ts";
import type { Tabs } from "../tabs/surroundings.ts";

interface Claim {
  tab: FakeTab;
  held: () => void;
  lost: () => void;
}

/** A browser with tabs: their locks, and what they say to each other. */
export class FakeBrowser {
  readonly tabs: FakeTab[] = [];
  readonly #locks = new Map<string, Claim[]>();

  /** Opens a tab that looks at a clock and opens sockets of these. */
  open(WebSocket: typeof globalThis.WebSocket, clock: ClientClock): FakeTab {
    const tab = new FakeTab(this, `tab${this.tabs.length + 1}`, WebSocket, clock);
    this.tabs.push(tab);
    return tab;
  }

  /** Whose lock of this name it is. */
  holder(name: RegExp): FakeTab | undefined {
    for (const [key, [first]] of this.#locks) if (name.test(key)) return first?.tab;
    return undefined;
  }

  claim(name: string, claim: Claim, how: "wait" | "steal"): () => void {
    const claims = this.#locks.get(name) ?? [];
    this.#locks.set(name, claims);
    const first = claims[0];
    if (how === "wait") claims.push(claim);
    else claims.splice(0, first ? 1 : 0, claim);
    if (how === "steal" && first) first.tab.run(first.lost);
    if (claims[0] === claim) queueMicrotask(() => claims[0] === claim && claim.tab.run(claim.held));
    return () => this.#release(name, claim);
  }

  post(from: FakeTab, name: string, message: unknown): void {
    const text = JSON.stringify(message);
    for (const tab of this.tabs) if (tab !== from) tab.hear(name, text);
  }

  /** All that a tab that ended had. */
  releaseAll(tab: FakeTab): void {
    for (const [name, claims] of [...this.#locks]) {
      for (const claim of claims.filter((one) => one.tab === tab)) this.#release(name, claim);
    }
  }

  #release(name: string, claim: Claim): void {
    const claims = this.#locks.get(name) ?? [];
    const was = claims[0];
    claims.splice(0, claims.length, ...claims.filter((one) => one !== claim));
    const now = claims[0];
    if (now && now !== was) queueMicrotask(() => claims[0] === now && now.tab.run(now.held));
  }
}

/** One tab. It may be closed without a word, and it may stand still. */
export class FakeTab implements Tabs {
  readonly id: string;
  readonly WebSocket: typeof WebSocket;
  readonly clock: ClientClock;
  isVisible = true;
  readonly #browser: FakeBrowser;
  readonly #listening = new Map<string, (message: unknown) => void>();
  readonly #sockets = new Set<WebSocket>();
  #state: "runs" | "frozen" | "ended" = "runs";
  #due: (() => void)[] = [];

  constructor(browser: FakeBrowser, id: string, Socket: typeof WebSocket, clock: ClientClock) {
    this.#browser = browser;
    this.id = id;
    const sockets = this.#sockets;
    this.WebSocket = class {
      constructor(url: string) {
        const socket = new Socket(url);
        sockets.add(socket);
        // biome-ignore lint/correctness/noConstructorReturn: a class that only notes what it makes
        return socket;
      }
    } as unknown as typeof WebSocket;
    this.clock = { now: () => clock.now(), after: (ms, call) => clock.after(ms, () => this.run(call)) };
  }

  visible(): boolean {
    return this.isVisible;
  }

  lock(name: string, held: () => void, lost: () => void, how: "wait" | "steal"): () => void {
    return this.#browser.claim(name, { tab: this, held, lost }, how);
  }

  channel(name: string, heard: (message: unknown) => void): { post(message: unknown): void } {
    this.#listening.set(name, heard);
    return { post: (message) => this.#state === "runs" && this.#browser.post(this, name, message) };
  }

  hear(name: string, text: string): void {
    queueMicrotask(() => this.run(() => this.#listening.get(name)?.(JSON.parse(text))));
  }

  /** Now, when it goes on, or never. */
  run(call: () => void): void {
    if (this.#state === "runs") call();
    else if (this.#state === "frozen") this.#due.push(call);
  }

  freeze(): void {
    this.#state = "frozen";
  }

  thaw(): void {
    this.#state = "runs";
    for (const call of this.#due.splice(0)) this.run(call);
  }

  /** Ends as a crash does: nothing is said any more, and what it had is free. */
  end(): void {
    this.#state = "ended";
    for (const socket of this.#sockets) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
    this.#browser.releaseAll(this);
  }
}
