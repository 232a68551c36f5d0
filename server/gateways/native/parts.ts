import { ChatError } from "@parley/protocol/errors";
import type { ServerFrame, WireLimits } from "@parley/protocol/frames";
import type { Chat } from "../../core/chat.ts";
import type { Clock, Observer } from "../../core/ports.ts";
import { traceOf } from "../problem.ts";
import type { Rates } from "../rates.ts";

export interface NativeLimits {
  /** A message above it is refused; its connection lives. Bytes. */
  batchBytes: number;
  /** Commands that wait for an answer on one socket, in bytes and in number. Beyond: `too_fast`. */
  pendingBytes: number;
  pendingCommands: number;
  /** Milliseconds. */
  hello: number;
  beat: number;
  /** Cursors of one hello, all its parts together. */
  cursors: number;
  wire: WireLimits;
}

export interface NativeParts {
  chat: Chat;
  clock: Clock;
  observer: Observer;
  limits: NativeLimits;
  rates: Rates;
  /** Name and version of the server, as it introduces itself. */
  server: string;
}

/** Whom a refusal is for. */
interface Refused {
  /** Of the command, where it has one. */
  id: number | undefined;
  connection: string;
  observer: Observer;
}

/** A refusal as a frame. Whatever is not a ChatError is a bug: logged with its trace, told as `internal`. */
export function errorFrame(error: unknown, { id, connection, observer }: Refused): ServerFrame {
  const known = error instanceof ChatError ? error : new ChatError("internal");
  if (known !== error) observer.log("error", "bug", { connection, error: traceOf(error) });
  observer.log("debug", "socket_refused", { connection, code: known.code });
  return {
    t: "error",
    ...(id === undefined ? {} : { id }),
    code: known.code,
    message: known.message,
    ...(known.retryAfter === undefined ? {} : { retry_after: known.retryAfter }),
  };
}
