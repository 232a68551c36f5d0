import type { ClientFrame } from "@parley/protocol/frames";
import { ownerOf } from "../owner.ts";
import { Share } from "./share.ts";
import { browserTabs, type Tabs } from "./surroundings.ts";

/**
 * A WebSocket class with which all tabs of a browser have one socket for each person, for `createClient`. Undefined
 * where the browser cannot do that: then each client has its own.
 */
export function tabSocket(): typeof WebSocket | undefined {
  const tabs = browserTabs();
  return tabs ? sharedSockets(tabs) : undefined;
}

/** The same among given tabs. */
export function sharedSockets(tabs: Tabs): typeof WebSocket {
  const shares = new Map<string, Share>();
  const shareOf = (url: string, owner: string) => {
    const name = `parley ${url} ${owner}`;
    const share = shares.get(name) ?? new Share(tabs, name, url);
    shares.set(name, share);
    return share;
  };
  return class extends SharedSocket {
    constructor(url: string) {
      super((owner) => shareOf(url, owner));
    }
  } as unknown as typeof WebSocket;
}

/** As much of a WebSocket as the client uses. Whose line it is it learns from the hello. */
class SharedSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #shareOf: (owner: string) => Share;
  #share: Share | null = null;
  #line = "";

  constructor(shareOf: (owner: string) => Share) {
    this.#shareOf = shareOf;
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(text: string): void {
    if (this.readyState !== 1) return;
    this.#share ??= this.#opened(text);
    this.#share?.say(this.#line, text);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#share?.close(this.#line);
  }

  #opened(text: string): Share | null {
    const [hello] = JSON.parse(text) as ClientFrame[];
    const token = hello?.t === "hello" ? (hello.token ?? hello.guest?.secret ?? hello.account?.secret) : undefined;
    if (token === undefined) return null;
    const share = this.#shareOf(ownerOf(token));
    this.#line = share.open({
      told: (data) => this.readyState === 1 && this.onmessage?.({ data }),
      ended: (code, reason) => {
        if (this.readyState === 3) return;
        this.readyState = 3;
        this.onclose?.({ code, reason });
      },
    });
    return share;
  }
}
