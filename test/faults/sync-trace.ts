/** What a trace shows of one acknowledgement: `unsynced` and `unwritten` are losses waiting for a power cut. */
export type Verdict = "synced" | "unsynced" | "unwritten";

/**
 * Reads what `strace -f -y` saw of a server, and says for each key that left over a socket whether its message was on
 * disk by then. It was, when a sync of the write-ahead file that succeeded before the first sending began had itself
 * begun after the last page of that message's transaction was written. `keys` matches every key, and nothing else.
 */
export function acknowledgements(trace: string, keys: RegExp): Map<string, Verdict> {
  const journal = new Journal();
  const told = new Map<string, Verdict>();
  for (const event of events(trace)) {
    if (event.is === "said") {
      for (const key of found(event.data, keys)) if (!told.has(key)) told.set(key, journal.verdict(key));
    } else if (event.is === "written") journal.written(event.data, keys);
    else if (event.is === "sync_began") journal.syncBegan(event.thread);
    else journal.syncEnded(event.thread, event.succeeded);
  }
  return told;
}

/** The write-ahead file as far as its keys go. */
class Journal {
  /** Keys in pages of a transaction whose last page is still to come; then of whole ones; then of synced ones. */
  readonly #open = new Set<string>();
  readonly #whole = new Set<string>();
  readonly #synced = new Set<string>();
  readonly #syncing = new Map<string, string[]>();
  #lastOfTransaction = false;

  verdict(key: string): Verdict {
    if (this.#synced.has(key)) return "synced";
    return this.#open.has(key) || this.#whole.has(key) ? "unsynced" : "unwritten";
  }

  written(data: string, keys: RegExp): void {
    const header = headerOf(data);
    if (header) {
      // Bytes 4 to 7 of a frame's header are the size of the database in the last frame of a transaction, else 0.
      this.#lastOfTransaction = header.readUInt32BE(4) !== 0;
      return;
    }
    for (const key of found(data, keys)) if (!this.#whole.has(key)) this.#open.add(key);
    if (!this.#lastOfTransaction) return;
    for (const key of this.#open) this.#whole.add(key);
    this.#open.clear();
    this.#lastOfTransaction = false;
  }

  syncBegan(thread: string): void {
    this.#syncing.set(thread, [...this.#whole]);
  }

  syncEnded(thread: string, succeeded: boolean): void {
    if (succeeded) for (const key of this.#syncing.get(thread) ?? []) this.#synced.add(key);
    this.#syncing.delete(thread);
  }
}

type Event =
  | { is: "said"; data: string }
  | { is: "written"; data: string }
  | { is: "sync_began"; thread: string }
  | { is: "sync_ended"; thread: string; succeeded: boolean };

const CALL = /^(\d+) +(pwrite64|write|writev|sendto|sendmsg|fsync|fdatasync)\(\d+<([^>]*)>(.*)$/;
const RESUMED = /^(\d+) +<\.\.\. (pwrite64|fsync|fdatasync) resumed>.*\) += (-?\d+)/;
const RESULT = /\) += (-?\d+)[^"]*$/;

/** Writes count once they are done, what is said over a socket from its beginning. */
function* events(trace: string): Generator<Event> {
  const unfinished = new Map<string, string>();
  for (const line of trace.split("\n")) {
    const resumed = RESUMED.exec(line);
    if (resumed) {
      const [, thread, call, result] = resumed as unknown as [string, string, string, string];
      const data = unfinished.get(thread);
      unfinished.delete(thread);
      if (data !== undefined) yield* ended(thread, call, data, Number(result));
      continue;
    }
    const [, thread, call, file, rest] = (CALL.exec(line) ?? []) as (string | undefined)[];
    if (!thread || !call || !file || rest === undefined) continue;
    if (file.startsWith("socket:") || file.startsWith("TCP")) yield { is: "said", data: whole(rest) };
    if (!file.endsWith("-wal")) continue;
    if (call.endsWith("sync")) yield { is: "sync_began", thread };
    const result = RESULT.exec(rest)?.[1];
    if (result === undefined) unfinished.set(thread, rest);
    else yield* ended(thread, call, rest, Number(result));
  }
}

function* ended(thread: string, call: string, data: string, result: number): Generator<Event> {
  if (call.endsWith("sync")) yield { is: "sync_ended", thread, succeeded: result === 0 };
  else if (result > 0) yield { is: "written", data: whole(data) };
}

/** The call's data; one that the trace does not hold entirely proves nothing. */
function whole(rest: string): string {
  if (/"\.\.\./.test(rest))
    throw new Error(`The trace holds only the beginning of ${rest.slice(0, 60)}: give strace a larger -s.`);
  return rest;
}

function found(data: string, keys: RegExp): string[] {
  return data.match(new RegExp(keys, "g")) ?? [];
}

const FRAME_HEADER = 24;
const NAMED: Record<string, number> = { n: 10, t: 9, r: 13, v: 11, f: 12, "\\": 92, '"': 34 };

/** The bytes of a write that is the header of one frame. */
function headerOf(data: string): Buffer | null {
  const text = /^, "((?:[^"\\]|\\.)*)", 24,/.exec(data)?.[1];
  if (text === undefined) return null;
  const bytes = [...text.matchAll(/\\([0-7]{1,3})|\\(.)|([^\\])/g)].map(([, octal, named, plain]) =>
    octal ? Number.parseInt(octal, 8) : named ? NAMED[named] : plain?.charCodeAt(0),
  );
  return bytes.length === FRAME_HEADER ? Buffer.from(bytes as number[]) : null;
}
