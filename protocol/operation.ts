import { z } from "zod";
import type { CommandName } from "./commands.ts";
import { ERROR_CODES, type ErrorCode } from "./errors.ts";

/** One request over HTTP. What path, query and body give are together the arguments; no name stands in two of them. */
export interface Operation {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{name}` for each field of `params`. */
  path: string;
  about: string;
  /** Needs no token. */
  open?: true;
  /** Needs a key: the header `Idempotency-Key`, or `key` in the body. */
  keyed?: true;
  /** Ends the token that it is asked with. */
  ends?: true;
  /** The command that it carries out, where it is one. */
  command?: CommandName;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodObject;
  result: z.ZodType;
  /** Default 200. Where the first time is 201, an answer about what was carried out before has 200; 204 has no body. */
  status?: 201 | 204;
  /** Another status that comes with the same shape. */
  otherwise?: 503;
}

/** A refusal over HTTP: `title` says what the code means, `detail` what is wrong here. */
export const problem = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  /** Milliseconds. */
  retry_after: z.number().optional(),
});

/** A whole number as it stands in an address: digits only, and one way to write it. */
export const digits = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,14})$/, "must be a whole number")
  .transform(Number);
/** The id of a person, which may be negative. */
export const personDigits = z
  .string()
  .regex(/^(0|-?[1-9][0-9]{0,14})$/, "must be a whole number")
  .transform(Number);
export const personDigitsList = z
  .string()
  .regex(/^(0|-?[1-9][0-9]{0,14})(,(0|-?[1-9][0-9]{0,14}))*$/, "must be whole numbers separated by commas")
  .transform((text) => text.split(",").map(Number));
export const limit = digits.refine((value) => value > 0, "must be at least 1");
/** Seconds. */
export const wait = digits.refine((value) => value <= 20, "must be at most 20");

/** What many requests are made of. */
export const rows = { after: digits.optional(), limit: limit.optional() };
export const peopleRows = { ...rows, after: personDigits.optional() };
export const inConversation = z.object({ conversation: digits });
export const atMessage = z.object({ conversation: digits, target: digits });
export const ofPerson = z.object({ user: personDigits });
export const atMember = z.object({ conversation: digits, user: personDigits });
export const key = z.string().optional();
export const keyOnly = z.object({ key });
