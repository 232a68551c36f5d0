import type { UserId } from "@parley/protocol/ids";

/** A piece of a message. Everything is text; a link or a mention is text that also leads somewhere. */
export type Piece =
  | { is: "text"; text: string }
  | { is: "link"; text: string; href: string }
  | { is: "mention"; text: string; user: UserId };

const TOKEN = /https?:\/\/[^\s<>"]+|@[\p{L}\p{N}_.-]{1,32}/giu;
const WORD_BEFORE = /[\p{L}\p{N}_]$/u;
const TRAILING = /[.,;:!?'"”’»…*_~]+$/u;

/** Where a link ends: without closing punctuation, and without a bracket that was opened before it. */
function trimLink(text: string): string {
  let link = text;
  for (;;) {
    const shorter = link.replace(TRAILING, "");
    const closes = /[)\]}]$/u.test(shorter) && !hasOpen(shorter);
    const next = closes ? shorter.slice(0, -1) : shorter;
    if (next === link) return link;
    link = next;
  }
}

const OPENS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

function hasOpen(text: string): boolean {
  const close = text.at(-1) ?? "";
  const open = OPENS[close] ?? "";
  const count = (mark: string) => text.split(mark).length;
  return count(open) >= count(close);
}

function asLink(text: string): Piece | null {
  const link = trimLink(text);
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  const web = url.protocol === "http:" || url.protocol === "https:";
  return web && url.hostname ? { is: "link", text: link, href: url.href } : null;
}

function asMention(text: string, mentioned: ReadonlyMap<string, UserId>): Piece | null {
  for (let name = text.slice(1); name; name = name.slice(0, -1)) {
    const user = mentioned.get(name.toLocaleLowerCase());
    if (user !== undefined) return { is: "mention", text: `@${name}`, user };
    if (!/[.-]$/u.test(name)) return null;
  }
  return null;
}

/** Cuts a message into text, web links and mentions. `mentioned` maps the handles it mentions, in lower case. */
export function linkify(text: string, mentioned: ReadonlyMap<string, UserId>): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(TOKEN)) {
    const inWord = WORD_BEFORE.test(text.slice(0, match.index));
    const isMention = match[0].startsWith("@");
    const piece = inWord ? null : isMention ? asMention(match[0], mentioned) : asLink(match[0]);
    if (!piece) continue;
    if (match.index > done) pieces.push({ is: "text", text: text.slice(done, match.index) });
    pieces.push(piece);
    done = match.index + piece.text.length;
  }
  if (done < text.length) pieces.push({ is: "text", text: text.slice(done) });
  return pieces;
}
