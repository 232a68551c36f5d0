import { ChatError } from "@parley/protocol/errors";
import { fold } from "./fold.ts";
import { capitalLookOf, lookOf } from "./looks.ts";

const SHOWN_MAX = 64;
const HANDLE_MAX = 32;
const MENTIONS_MAX = 50;
const GUEST = "guest";

/** Takes no ink: default-ignorable characters, and the blank Braille pattern. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Controls, line and paragraph separators, lone surrogates, bidirectional embeddings, overrides and isolates. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const LATIN = /\p{Script=Latin}/u;
const HANDLE = /^[\p{L}\p{Nd}_-][\p{L}\p{M}\p{Nd}._-]*$/u;
/** Not after a letter, a digit, another `@` or a slash, nor after `+`, `%` or `-` that follow a letter, as in an e-mail address. */
const MENTION =
  /(?<![\p{L}\p{M}\p{N}_@/]|[\p{L}\p{M}\p{N}_][+%-])@([\p{L}\p{Nd}_-][\p{L}\p{M}\p{Nd}._-]*)(?![\p{L}\p{M}\p{Nd}._@-])/gu;

/** How many code points a text has; a lone surrogate counts as one. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** What a name looks like: two names that a person could take for each other have the same skeleton. */
export function skeleton(name: string): string {
  let seen = name;
  // Hazard: a look may fold or compose once more, so this goes on until nothing changes; two rounds nearly always do.
  for (let round = 0; round < 8; round++) {
    const next = look(seen);
    if (next === seen) break;
    seen = next;
  }
  return seen;
}

function look(name: string): string {
  const plain = name.replace(INVISIBLE, "").normalize("NFKC").normalize("NFD");
  // Greek Ν looks like N but its small letter like v: beside Latin letters it is read as N, in a Greek word it is folded.
  const capital = LATIN.test(plain) ? replaced(plain, capitalLookOf) : plain;
  const looks = replaced(fold(capital).normalize("NFD"), lookOf).normalize("NFD");
  // i and j have a dot already (i looks like l by now), so another one does not show.
  return looks
    .replace(/(?<=[lj])\u0307/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}

function replaced(text: string, lookFor: (c: string) => string | undefined): string {
  return Array.from(text, (c) => lookFor(c) ?? c).join("");
}

/** The name as it will be shown, trimmed and in NFC, or `bad_name`. Nothing else about it is changed. */
export function checkShownName(name: string, max: number = SHOWN_MAX): string {
  return checkOpenName(name.trim().normalize("NFC"), max);
}

/** The name of an open person, exactly as it was given, or `bad_name`. */
export function checkOpenName(shown: string, max: number = SHOWN_MAX): string {
  checkExactName(shown, max);
  if (!VISIBLE.test(shown.replace(INVISIBLE, ""))) throw new ChatError("bad_name", "A name must be visible.");
  return shown;
}

/** The name of a room that a dialect makes, exactly as it was given, or `bad_name`. It may be blank. */
export function checkExactName(name: string, max: number): string {
  if (name === "") throw new ChatError("bad_name", "A name needs at least one character.");
  if (codePoints(name) > max) throw new ChatError("bad_name", `A name has at most ${max} characters.`);
  if (FORBIDDEN.test(name)) {
    throw new ChatError("bad_name", "A name must not have control characters or ones that turn the direction of text.");
  }
  return name;
}

/** The unique name as it is kept and compared, case-folded, or `bad_name`. */
export function checkHandle(handle: string, max: number = HANDLE_MAX): string {
  const folded = foldHandle(handle.trim());
  const fault = faultOf(folded, max);
  if (fault) throw new ChatError("bad_name", fault);
  return folded;
}

function foldHandle(handle: string): string {
  return fold(handle.normalize("NFKC")).normalize("NFKC");
}

function faultOf(handle: string, max: number): string | undefined {
  if (handle === "") return "A unique name needs at least one character.";
  if (codePoints(handle) > max) return `A unique name has at most ${max} characters.`;
  if (!HANDLE.test(handle) || handle.search(INVISIBLE) >= 0) {
    return "A unique name has only letters, digits, _ - and dots, and does not begin with a dot.";
  }
  if (handle.endsWith(".")) return "A unique name does not end with a dot.";
  if (/^\p{Nd}+$/u.test(handle)) return "A unique name must not be only digits.";
  if (!/[\p{L}\p{Nd}]/u.test(handle)) return "A unique name needs a letter or a digit.";
  return undefined;
}

/** A valid unique name made from a shown one: `Ada Lund` gives `ada.lund`, and a name without letters gives `guest`. */
export function deriveHandle(shown: string): string {
  const words = foldHandle(shown.replace(INVISIBLE, "").replace(/['’`´]/gu, ""))
    .replace(/[^\p{L}\p{M}\p{Nd}_-]+/gu, ".")
    .replace(/^[\p{M}._-]+/u, "");
  const handle = cut(words, HANDLE_MAX);
  return /\p{L}/u.test(handle) && faultOf(handle, HANDLE_MAX) === undefined ? handle : GUEST;
}

/** `base`, `base-2`, `base-3` … without end, each short enough to be a unique name. */
export function* handleCandidates(base: string): Generator<string, never> {
  yield cut(base, HANDLE_MAX);
  for (let number = 2; ; number++) {
    const suffix = `-${number}`;
    yield cut(base, HANDLE_MAX - suffix.length) + suffix;
  }
}

/** The first `max` code points, without punctuation left at the end. */
function cut(text: string, max: number): string {
  return Array.from(text)
    .slice(0, max)
    .join("")
    .replace(/[._-]+$/u, "");
}

/** The unique names written as `@name` in a message: distinct, folded, in order, at most 50. */
export function mentionsIn(text: string): string[] {
  const handles = new Set<string>();
  for (const [, written = ""] of text.matchAll(MENTION)) {
    const handle = foldHandle(written.replace(/\.+$/u, ""));
    if (faultOf(handle, HANDLE_MAX) === undefined) handles.add(handle);
    if (handles.size === MENTIONS_MAX) break;
  }
  return [...handles];
}
