import type { Seq } from "@parley/protocol/ids";

/** The line above what was not seen: it stands after `after` until the conversation is left. */
export interface NewLine {
  after: Seq;
  count: number;
}

/**
 * Where the line stands now. It appears when something unread is there and nobody watches the end of the log,
 * counts on for as long as nothing after it was seen, and moves only when all before was seen and more came unwatched.
 */
export function moveNewLine(
  line: NewLine | null,
  view: { read: Seq; unread: number },
  watching: boolean,
): NewLine | null {
  if (view.unread === 0) return line;
  if (line && line.after === view.read) return line.count === view.unread ? line : { ...line, count: view.unread };
  if (watching) return line;
  return { after: view.read, count: view.unread };
}
