import type { Input, OperationName, Output, operations } from "@parley/protocol/operations";
import type { Chat } from "../../core/chat.ts";
import type { Bus, Clock, Digests, Observer, Store } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import type { Caller } from "../arrival.ts";
import type { Table as Documented, Wire } from "../documents/wire.ts";
import type { Rates } from "../rates.ts";

export interface RestParts {
  chat: Chat;
  store: Store;
  bus: Bus;
  clock: Clock;
  digests: Digests;
  observer: Observer;
  rates: Rates;
  /** What was counted since the start, by name. */
  counts(): Record<string, number>;
  version: string;
  limits: { bodyBytes: number; page: number };
  /** Origins of other sites whose pages may call; `*` is any. */
  origins: readonly string[];
  /** What the documents tell of besides these operations. */
  wires: readonly Wire[];
  tables: readonly Documented[];
  /** Sockets that are open now. */
  connections(): number;
  /** True once the server is about to stop. */
  draining(): boolean;
}

/** What is answered. `again` where it had been carried out before; `status` where it is not the operation's own. */
export interface Answer<Result> {
  result: Result;
  again?: boolean;
  status?: number;
  /** The token that the browser is to keep from now on; null where it is to forget it. */
  cookie?: string | null;
}

type Table = typeof operations;
type OpenName = { [O in OperationName]: Table[O] extends { open: true } ? O : never }[OperationName];
type CommandOperation = { [O in OperationName]: Table[O] extends { command: string } ? O : never }[OperationName];

/** Operations that need no token; `from` is who asks. */
export type OpenAnswers = { [O in OpenName]: (args: Input<O>, from: Caller) => Promise<Answer<Output<O>>> };
/** Operations of somebody that are no command of the protocol. */
export type OwnAnswers = {
  [O in Exclude<OperationName, OpenName | CommandOperation>]: (
    args: Input<O>,
    user: User,
  ) => Promise<Answer<Output<O>>>;
};
