import type { ClientClock, ClientOptions, Keep, Network } from "./client.ts";
import type { Vault } from "./vault/vault.ts";

/** Everything outside the SDK that it touches, with nothing left open. */
export interface Surroundings {
  socketUrl: string;
  WebSocket: typeof WebSocket;
  clock: ClientClock;
  random: () => number;
  randomKey: (length: number) => string;
  keep: Keep;
  vault: Vault | null;
  leaving: (call: () => void) => void;
  network: Network;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/** The given parts of the surroundings, and the real ones of this platform for the rest. */
export function surroundingsOf(options: ClientOptions): Surroundings {
  return {
    socketUrl: socketUrl(options.url),
    WebSocket: options.WebSocket ?? platformSocket(),
    clock: options.clock ?? realClock,
    random: options.random ?? Math.random,
    randomKey: options.randomKey ?? secureKey,
    keep: options.keep ? forgiving(options.keep) : memoryKeep(),
    vault: options.vault ?? null,
    leaving: options.leaving ?? whenPageLeaves,
    network: options.network ?? platformNetwork(),
  };
}

function socketUrl(url: string): string {
  const address = new URL(url);
  address.protocol = address.protocol === "https:" || address.protocol === "wss:" ? "wss:" : "ws:";
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/socket`;
  return address.href;
}

function platformSocket(): typeof WebSocket {
  if (typeof WebSocket === "undefined") {
    throw new TypeError("There is no WebSocket here (Node has one from 22 on): pass one as options.WebSocket.");
  }
  return WebSocket;
}

const realClock: ClientClock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

function secureKey(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => ALPHABET[byte % 64]).join("");
}

function memoryKeep(): Keep {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, value) => void (value === null ? kept.delete(name) : kept.set(name, value)),
  };
}

/** A place that is full or forbidden keeps nothing, and harms nothing else. */
function forgiving(keep: Keep): Keep {
  return {
    get(name) {
      try {
        return keep.get(name);
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        keep.set(name, value);
      } catch {
        // Memory has it; there is nowhere else to put it.
      }
    },
  };
}

/** A page may end without another word from the moment on in which it is hidden. */
function whenPageLeaves(call: () => void): void {
  if (typeof document === "undefined" || typeof document.addEventListener !== "function") return;
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && call());
  window.addEventListener("pagehide", call);
}

/** Browsers say when the network comes and goes; elsewhere it is taken to be there. */
function platformNetwork(): Network {
  if (typeof window === "undefined" || typeof window.addEventListener !== "function") {
    return { online: () => true, listen: () => () => {} };
  }
  return {
    online: () => navigator.onLine !== false,
    listen(changed) {
      window.addEventListener("online", changed);
      window.addEventListener("offline", changed);
      return () => {
        window.removeEventListener("online", changed);
        window.removeEventListener("offline", changed);
      };
    },
  };
}
