import { Database } from "bun:sqlite";
import type { Copied } from "./checkpoints.ts";

declare const self: Worker;

/**
 * Copies what stands in the write-ahead file of a database into the database itself, when it is told that file's name.
 * Hazard: only passively, so that nobody who writes ever waits; and with syncs, or a power cut loses what was copied.
 */
self.onmessage = ({ data: file }: MessageEvent<string>) => {
  let said: Copied = { failed: null };
  try {
    using db = new Database(file, { readwrite: true, create: false });
    db.run("PRAGMA synchronous = FULL");
    db.run("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (error) {
    said = { failed: String(error) };
  }
  self.postMessage(said);
};
