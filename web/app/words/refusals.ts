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
    return `${name} claimed this name. Add a letter, or come in from the browser that keeps it.`;
  }
  if (error.code === "bad_name") return `A name has 1 to ${limit} characters, and one of them can be read aloud.`;
  if (error.code === "too_fast") return "Too many names in a short time. Wait a minute, your name is still here.";
  return error.message;
}

/** Why a message was not sent, after "Not sent:". */
export function unsent(code: string | undefined, message: string | undefined): string {
  if (code === "not_member") return "you are not in this room any more";
  if (code === "gone" || code === "not_found") return "this conversation was deleted";
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
