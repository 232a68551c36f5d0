import type { Receipt } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Key, UserId } from "@parley/protocol/ids";
import type { Tab } from "./device.ts";
import type { Truth } from "./truth.ts";

/** One message as its author wrote it, and what they were told of it. */
export interface Written {
  author: UserId;
  device: number;
  tab: string;
  conversation: ConversationId;
  key: Key;
  text: string;
  /** Where it stands, as its author was told. */
  receipt: Receipt | null;
  /** Why it is refused for good. */
  refused: string | null;
  /** It was acknowledged, and a backup from before was put back. */
  undone: boolean;
  /** A try of it was refused for good. Whoever never heard of that tries again, as if it were written only then. */
  refusedOnce: boolean;
}

/** Everything that anybody wrote, and what was promised to them. */
export class Ledger {
  readonly all: Written[] = [];
  /** Questions without an answer, and in which tab they were asked. */
  readonly open = new Map<symbol, { tab: Tab; what: string }>();
  readonly #byKey = new Map<Key, Written>();
  readonly #wrong: (what: string) => void;

  constructor(wrong: (what: string) => void) {
    this.#wrong = wrong;
  }

  wrote(
    written: Omit<Written, "receipt" | "refused" | "undone" | "refusedOnce">,
    sent: Promise<Receipt>,
    truth: () => Truth,
  ): void {
    const line: Written = { ...written, receipt: null, refused: null, undone: false, refusedOnce: false };
    this.all.push(line);
    this.#byKey.set(line.key, line);
    sent.then(
      (receipt) => {
        if (line.receipt || line.refused) this.#wrong(`${line.key} was answered twice`);
        line.receipt = receipt;
        this.#check(line, truth());
      },
      (error) => {
        line.refused = error instanceof ChatError ? error.code : String(error);
      },
    );
  }

  /** A server refuses a try of it for good, whoever hears of that. */
  tryRefused(key: Key): void {
    const line = this.#byKey.get(key);
    if (line) line.refusedOnce = true;
  }

  /** Was this message answered, for good or ill? Nobody hears what a tab is told of another tab's: the log says it. */
  answered(key: Key, tab: Tab, truth: Truth): boolean {
    const line = this.#byKey.get(key);
    if (!line) return false;
    return line.receipt !== null || line.refused !== null || (line.tab !== tab.name && stands(truth, line));
  }

  /** Somebody asks; the result says that they were answered. */
  asked(tab: Tab, what: string): () => void {
    const question = Symbol(what);
    this.open.set(question, { tab, what });
    return () => void this.open.delete(question);
  }

  /** An earlier state was put back: what only the later one held was lost by whoever put it back. */
  restored(from: Truth, to: Truth): void {
    for (const line of this.all) if (stands(from, line) && !stands(to, line)) line.undone = true;
  }

  /** Every acknowledged message is where its author was told. */
  check(truth: Truth): void {
    for (const line of this.all) if (line.receipt && !line.undone) this.#check(line, truth);
  }

  #check(line: Written, truth: Truth): void {
    if (!holds(truth, line)) {
      this.#wrong(`${line.key} was acknowledged at ${JSON.stringify(line.receipt)}, and is not there`);
    }
  }
}

function holds(truth: Truth, { receipt, key, author }: Written): boolean {
  const entry = receipt && truth.logs.get(receipt.conversation)?.entries[receipt.seq - 1];
  return entry?.key === key && entry.author === author && entry.id === receipt?.entry;
}

/** Is it in the log, whether or not its author knows? */
function stands(truth: Truth, { conversation, author, key }: Written): boolean {
  const entries = truth.logs.get(conversation)?.entries ?? [];
  return entries.some((entry) => entry.key === key && entry.author === author);
}
