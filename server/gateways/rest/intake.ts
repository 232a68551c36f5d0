import { ChatError } from "@parley/protocol/errors";
import type { Operation } from "@parley/protocol/operation";
import { bodyText } from "../body.ts";

const JSON_TYPE = /^application\/json *(;|$)/i;

/** What one request gives to its operation. */
export interface Intake {
  params: Record<string, string>;
  query: URLSearchParams;
  request: Request;
}

/** Everything that path, query, body and header say, in the shape of the operation. Throws ChatError. */
export async function takeIn(
  operation: Operation,
  intake: Intake,
  bodyBytes: number,
): Promise<Record<string, unknown>> {
  const args = {
    ...checked(operation.params, intake.params, "the path"),
    ...checked(operation.query, fieldsOf(intake.query), "the query"),
    ...checked(operation.body, operation.body ? await jsonBody(operation, intake.request, bodyBytes) : {}, "the body"),
  };
  return operation.keyed ? { ...args, key: keyOf(args, intake.request.headers) } : args;
}

function checked(schema: Operation["body"], value: unknown, where: string): Record<string, unknown> {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join(".") || where}: ${message}`);
    throw new ChatError("bad_request", faults.join("; "));
  }
  const broken = Object.entries(parsed.data).find(([, field]) => typeof field === "string" && !field.isWellFormed());
  if (broken) throw new ChatError("bad_request", `${broken[0]}: not well-formed Unicode`);
  return parsed.data;
}

function fieldsOf(query: URLSearchParams): Record<string, string> {
  for (const name of query.keys()) {
    if (query.getAll(name).length > 1) throw new ChatError("bad_request", `${name}: given more than once`);
  }
  return Object.fromEntries(query);
}

async function jsonBody(operation: Operation, request: Request, limit: number): Promise<unknown> {
  const text = await bodyText(request, limit);
  // A key may come by header alone; then there is nothing left to say in a body.
  if (text === "" && operation.body && operation.body.safeParse({}).success) return {};
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) throw new ChatError("unsupported_media");
  try {
    return JSON.parse(text);
  } catch {
    throw new ChatError("not_json");
  }
}

function keyOf(args: Record<string, unknown>, headers: Headers): string {
  const inHeader = headers.get("idempotency-key");
  const inBody = args.key;
  if (typeof inBody === "string" && inHeader !== null && inBody !== inHeader) {
    throw new ChatError("bad_key", "The header Idempotency-Key and the field key differ.");
  }
  const key = inHeader ?? inBody;
  if (typeof key !== "string") throw new ChatError("bad_key", "The header Idempotency-Key or the field key is needed.");
  return key;
}
