/**
 * A durable place for named values that can be cloned, asynchronous as IndexedDB is. Writes take effect in the order
 * in which they were asked for; one that fails changes nothing.
 */
export interface Vault {
  /** Everything that is kept. */
  read(): Promise<Map<string, unknown>>;
  /** Puts all of these, and removes those that are null: together, or not at all. */
  write(changes: ReadonlyMap<string, unknown>): Promise<void>;
  /** Removes everything. */
  clear(): Promise<void>;
}

/**
 * What became of a client's vault: there is none, it is being read, it is kept up, or it failed and is left alone
 * until the client starts again.
 */
export type VaultState = "none" | "reading" | "kept" | "off";
