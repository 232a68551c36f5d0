import { Database } from "bun:sqlite";
import { fsyncSync } from "node:fs";
import type { Copied, Copying } from "./checkpoints.ts";

declare const self: Worker;

/**
 * Copies what stands in the write-ahead file into the database, and has the disk take it.
 * Hazard: only passively, so that nobody who writes ever waits. SQLite itself syncs such a copy only where nothing came
 * meanwhile; else all of it would be left to whoever copies the rest.
 */
self.onmessage = ({ data: { path, file } }: MessageEvent<Copying>) => {
  let said: Copied = { failed: null };
  try {
    using db = new Database(path, { readwrite: true, create: false });
    db.run("PRAGMA synchronous = FULL");
    db.run("PRAGMA wal_checkpoint(PASSIVE)");
    fsyncSync(file);
  } catch (error) {
    said = { failed: String(error) };
  }
  self.postMessage(said);
};
