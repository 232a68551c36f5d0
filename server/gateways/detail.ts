import { ChatError, ERRORS } from "@parley/protocol/errors";
import { z } from "zod";
import { bodyText } from "./body.ts";

/** One thing that is wrong with a body, and where in it. */
export type Fault = Pick<z.core.$ZodIssue, "path" | "message"> & { code: string };

/** What every refusal here looks like: a sentence, or what is wrong where. */
export const detailShape = z.object({
  detail: z.union([z.string(), z.array(z.object({ type: z.string(), loc: z.array(z.string()), msg: z.string() }))]),
});

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json *(;|$)/i;
const NO_JSON: Fault = { code: "json_invalid", path: [], message: "This is not JSON." };
const NO_OBJECT: Fault = { code: "json_type", path: [], message: "The body must be application/json." };

/** A refusal over HTTP as old servers tell it: a status and `{"detail": …}`. */
export function detail(status: number, text: string, headers: Record<string, string> = {}): Response {
  return Response.json({ detail: text }, { status, headers });
}

/** What a method that a path does not have is answered with. */
export function notAllowed(allow: string): Response {
  return detail(405, "Method Not Allowed", { allow });
}

/** A refusal by the core in the same form. */
export function detailOf({ code, message, retryAfter }: ChatError): Response {
  const { status } = ERRORS[code];
  const wait = retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(retryAfter / 1000)) };
  return detail(status, message, { ...wait, ...(status === 401 && { "www-authenticate": "Bearer" }) });
}

/** What is wrong with a body, a query or an address, field by field: 422. */
export function faults(issues: readonly Fault[], where: "body" | "query" | "path" = "body"): Response {
  const rows = issues.map(({ code, path, message }) => ({
    type: code,
    loc: [where, ...path.map(String)],
    msg: message,
  }));
  return Response.json({ detail: rows }, { status: 422 });
}

/** A JSON body in this shape, or the answer that says what is wrong with it. Throws `too_large`. */
export async function bodyIn<T>(shape: z.ZodType<T>, request: Request, limit: number): Promise<T | Response> {
  const text = await bodyText(request, limit).catch((error) => {
    if (error instanceof ChatError && error.code === "not_json") return "";
    throw error;
  });
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "application/json")) return faults([NO_OBJECT]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return faults([NO_JSON]);
  }
  const parsed = shape.safeParse(value);
  return parsed.success ? parsed.data : faults(parsed.error.issues);
}
