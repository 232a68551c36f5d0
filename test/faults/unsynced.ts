// Loaded before a server whose commits are not to be synced, to see that this is noticed.
import { Database } from "bun:sqlite";

const run = Database.prototype.run;
Database.prototype.run = function (this: Database, sql: string, ...more: never[]) {
  return run.call(this, sql.replace("synchronous = FULL", "synchronous = NORMAL"), ...more);
} as typeof run;
