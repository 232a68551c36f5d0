import { ChatError } from "@parley/protocol/errors";

/** Why something was refused, as a sentence for the person who asked for it. */
export function refusal(error: unknown): string {
  if (error instanceof ChatError) return error.message;
  return "The server did not answer.";
}

/** Why this name cannot be had. */
export function nameRefusal(error: unknown, name: string, limit: number): string {
  if (!(error instanceof ChatError)) return "The server did not answer. Your name is still here.";
  if (error.code === "name_taken") {
    return `${name} claimed this name. Add a letter, or sign in if it is yours.`;
  }
  if (error.code === "bad_name") return `A name has 1 to ${limit} characters, and one of them can be read aloud.`;
  if (error.code === "too_fast") return "Too many names in a short time. Wait a minute, your name is still here.";
  return error.message;
}

/** Why somebody was not signed in. */
export function signInRefusal(error: unknown): string {
  if (!(error instanceof ChatError)) return "The server did not answer.";
  if (error.code === "wrong_password") return "This name and this password do not belong together.";
  if (error.code === "too_fast") return "Too many tries. Wait half a minute, then try again.";
  return error.message;
}

/** Why a password was not set, and whether that is about the `old` one. */
export function passwordRefusal(error: unknown): { old: boolean; words: string } {
  const code = error instanceof ChatError ? error.code : null;
  if (code === "wrong_password") return { old: true, words: "This is not your password." };
  if (code === "too_fast") return { old: true, words: "Too many tries. Wait half a minute, then try again." };
  if (code === "name_taken") return { old: false, words: "Your names have gone to somebody else. Change yours first." };
  return { old: false, words: refusal(error) };
}

/** Why a message was not sent, after "Not sent:". */
export function unsent(code: string | undefined, message: string | undefined): string {
  if (code === "not_member") return "you are not in this room any more";
  if (code === "gone" || code === "not_found") return "this conversation was deleted";
  if (code === "blocked") return "one of you blocked the other";
  const text = (message ?? "the server refused it").replace(/\.$/u, "");
  return text.charAt(0).toLocaleLowerCase() + text.slice(1);
}

/** Why a link leads to nothing. For an outsider a private room does not exist. */
export function absence(error: unknown): string {
  if (!(error instanceof ChatError)) return refusal(error);
  if (error.code === "gone") return "It was deleted, with all that was said in it.";
  if (error.code === "not_found") return "There is no such room, or it is private and you are not in it.";
  return error.message;
}
