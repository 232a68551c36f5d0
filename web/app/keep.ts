import type { Keep } from "@parley/client/client";

/** What this browser keeps between visits. Where storage is refused, it is kept until the page is left. */
export function browserKeep(storage: Storage | null): Keep {
  const meanwhile = new Map<string, string>();
  return {
    get(name) {
      try {
        return storage?.getItem(name) ?? meanwhile.get(name) ?? null;
      } catch {
        return meanwhile.get(name) ?? null;
      }
    },
    set(name, value) {
      if (value === null) meanwhile.delete(name);
      else meanwhile.set(name, value);
      try {
        if (value === null) storage?.removeItem(name);
        else storage?.setItem(name, value);
      } catch {
        // Storage is full or forbidden: `meanwhile` holds it.
      }
    },
  };
}

/** Calls back when another tab of this browser forgot what is kept under this name. */
export function whenForgotten(name: string, call: () => void): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    if ((key === name || key === null) && newValue === null) call();
  });
}

function localStorageOrNull(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** The one keep of this page. */
export const keep: Keep = browserKeep(localStorageOrNull());
