import type { Vault } from "./vault.ts";

/** A vault that lasts as long as its place does. */
export function memoryVault(place: Map<string, unknown> = new Map()): Vault {
  return {
    async read() {
      return structuredClone(place);
    },
    async write(changes) {
      // Cloned as a whole first: what cannot be cloned must leave nothing behind.
      for (const [name, value] of structuredClone(changes as Map<string, unknown>)) {
        if (value === null) place.delete(name);
        else place.set(name, value);
      }
    },
    async clear() {
      place.clear();
    },
  };
}
