import { SQLiteError } from "bun:sqlite";
import { ChatError } from "@parley/protocol/errors";

/** What the disk, the memory or another process may cause; anything else is a bug of ours. */
const CIRCUMSTANCES =
  /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|LOCKED|NOMEM|CORRUPT|NOTADB|PROTOCOL|PERM|AUTH|INTERRUPT)(_|$)/;

/** The code of an error that the database cannot help, or null. */
export function circumstanceOf(error: unknown): string | null {
  if (!(error instanceof SQLiteError)) return null;
  return CIRCUMSTANCES.exec(error.code ?? "")?.[1] ?? null;
}

/** Runs something against the database; what circumstances prevent is `unavailable`. */
export function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const circumstance = circumstanceOf(error);
    if (circumstance === null) throw error;
    throw new ChatError("unavailable", SENTENCES[circumstance] ?? "The database cannot be used now.", 1000);
  }
}

const SENTENCES: Record<string, string> = {
  FULL: "The server's disk is full.",
  IOERR: "The server's disk does not work.",
  READONLY: "The server's disk cannot be written.",
};
