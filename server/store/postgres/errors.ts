import { ChatError } from "@parley/protocol/errors";
import postgres from "postgres";

/** Classes of SQLSTATE that the server or its operator causes: connections, resources, shutdown, a standby, timeouts. */
const CIRCUMSTANCES = /^(08|53|57|58|25006|25P0[34]|55P03|55000|F0)/;
/** Those after which the connection is gone, or led to a standby: the driver may let that happen. */
const ENDED = /^(08|57P0[1-5]|25P0[34]|55000)/;
/** The transaction was undone because of another one, or could wait for it no longer: it may be asked again as it is. */
const UNDONE = /^(40001|40P01|55P03)$/;
/** Codes of the driver and of the network. */
const LOST =
  /^(CONNECTION_|CONNECT_|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|ERR_SOCKET|UNSAFE_)/;

const RETRY_AFTER = 1_000;

/** Was this undone because of another transaction? Then it may be tried again. */
export function isUndone(error: unknown): boolean {
  return UNDONE.test(codeOf(error));
}

/** Is the connection gone on which this was asked? */
export function isLost(error: unknown): boolean {
  return (error instanceof postgres.PostgresError ? ENDED : LOST).test(codeOf(error));
}

/** What circumstances prevent is `unavailable`; anything else is a bug of ours, and stays what it is. */
export function explained(error: unknown): unknown {
  if (error instanceof ChatError) return error;
  const code = codeOf(error);
  if (code === "53100") return new ChatError("unavailable", "The database's disk is full.", RETRY_AFTER);
  if (code === "25006") return new ChatError("unavailable", "The database cannot be written.", RETRY_AFTER);
  const known = error instanceof postgres.PostgresError ? CIRCUMSTANCES : LOST;
  return known.test(code) || isUndone(error)
    ? new ChatError("unavailable", "The database cannot be reached.", RETRY_AFTER)
    : error;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
