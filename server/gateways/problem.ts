import { ChatError, ERRORS } from "@parley/protocol/errors";

/** A refusal as `application/problem+json`, with the code of the closed list. */
export function problem(error: ChatError, headers: Record<string, string> = {}): Response {
  const { status, title } = ERRORS[error.code];
  const { retryAfter } = error;
  const body = {
    type: "about:blank",
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
  };
  return Response.json(body, {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(retryAfter / 1000)) }),
      ...headers,
    },
  });
}

/** The refusal for whatever was thrown. What is not a ChatError is a bug: told as `internal`, and nothing of it shown. */
export function refusalFor(thrown: unknown, bug: (error: unknown) => void): ChatError {
  if (thrown instanceof ChatError) return thrown;
  bug(thrown);
  return new ChatError("internal");
}

/** What is known of a bug, for whoever mends it. */
export function traceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.stack || thrown.message : String(thrown);
}
