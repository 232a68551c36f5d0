import type { ClientClock } from "../client.ts";

/** What tabs of one browser share: locks, and a channel on which each hears the others. */
export interface Tabs {
  /** This tab, unlike any other. */
  id: string;
  WebSocket: typeof WebSocket;
  clock: ClientClock;
  /** Whether a person may be looking at this tab. */
  visible(): boolean;
  /**
   * Waits for a lock, or takes it from whoever has it. `lost` is called when it was taken from here. The result gives
   * it back, or stops waiting.
   */
  lock(name: string, held: () => void, lost: () => void, how: "wait" | "steal"): () => void;
  channel(name: string, heard: (message: unknown) => void): { post(message: unknown): void };
}

/** The tabs of this browser; null where it has no locks or no channels. */
export function browserTabs(): Tabs | null {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (!locks || typeof BroadcastChannel === "undefined" || typeof document === "undefined") return null;
  return {
    id: crypto.getRandomValues(new Uint32Array(4)).join("-"),
    WebSocket,
    clock: {
      now: () => Date.now(),
      after(ms, call) {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
    },
    visible: () => document.visibilityState === "visible",
    lock: (name, held, lost, how) => lockOf(locks, name, held, lost, how),
    channel(name, heard) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => heard(data);
      return { post: (message) => channel.postMessage(message) };
    },
  };
}

function lockOf(locks: LockManager, name: string, held: () => void, lost: () => void, how: "wait" | "steal") {
  const waiting = new AbortController();
  let release: (() => void) | null = null;
  let over = false;
  const hold = () => {
    if (over) return;
    held();
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  locks.request(name, how === "steal" ? { steal: true } : { signal: waiting.signal }, hold).catch(() => {
    if (!over && release) lost();
  });
  return () => {
    over = true;
    waiting.abort();
    release?.();
  };
}
