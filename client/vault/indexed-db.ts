import { memoryVault } from "./memory.ts";
import type { Vault } from "./vault.ts";

const VALUES = "values";

/** A vault in the browser's own database. Where there is no such thing (Bun, Node), it lasts as long as the process. */
export function indexedDbVault(name = "parley"): Vault {
  const factory = platformFactory();
  return factory ? new IndexedDbVault(factory, name) : memoryVault();
}

function platformFactory(): IDBFactory | null {
  try {
    return globalThis.indexedDB ?? null;
  } catch {
    // Some browsers forbid even to ask.
    return null;
  }
}

class IndexedDbVault implements Vault {
  readonly #factory: IDBFactory;
  readonly #name: string;
  #opening: Promise<IDBDatabase> | null = null;

  constructor(factory: IDBFactory, name: string) {
    this.#factory = factory;
    this.#name = name;
  }

  async read(): Promise<Map<string, unknown>> {
    let names: IDBValidKey[] = [];
    let values: unknown[] = [];
    await this.#transact("readonly", (store) => {
      const all = { names: store.getAllKeys(), values: store.getAll() };
      all.names.onsuccess = () => {
        names = all.names.result;
      };
      all.values.onsuccess = () => {
        values = all.values.result;
      };
    });
    return new Map(names.map((name, at) => [String(name), values[at]]));
  }

  write(changes: ReadonlyMap<string, unknown>): Promise<void> {
    return this.#transact("readwrite", (store) => {
      for (const [name, value] of changes) {
        if (value === null) store.delete(name);
        else store.put(value, name);
      }
    });
  }

  clear(): Promise<void> {
    return this.#transact("readwrite", (store) => void store.clear());
  }

  /** Resolves once the browser says that it is kept. */
  async #transact(mode: IDBTransactionMode, act: (store: IDBObjectStore) => void): Promise<void> {
    const database = await this.#open();
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(VALUES, mode);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("The write was given up."));
      try {
        act(transaction.objectStore(VALUES));
        // A page that is being left has no time to wait for the browser to notice that nothing more comes.
        transaction.commit?.();
      } catch (error) {
        transaction.abort();
        reject(error);
      }
    });
  }

  #open(): Promise<IDBDatabase> {
    this.#opening ??= opened(this.#factory, this.#name, () => {
      this.#opening = null;
    }).catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }
}

function opened(factory: IDBFactory, name: string, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(VALUES);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = closed;
      // Somebody deletes or replaces the database: they need not wait for this page.
      database.onversionchange = () => {
        database.close();
        closed();
      };
      resolve(database);
    };
  });
}
