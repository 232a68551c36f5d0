import { ChatError } from "@parley/protocol/errors";

/** The whole body, refused as soon as more than `limit` bytes were announced or came. Throws `too_large`, `not_json`. */
export async function bodyText(request: Request, limit: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const body = await bodyBytes(request, limit);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new ChatError("not_json", "This is not UTF-8.");
  }
}

async function bodyBytes(request: Request, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    // Whoever goes away in the middle of a body is no bug of ours.
    throw request.signal.aborted ? new ChatError("bad_request", "The body broke off.") : error;
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): ChatError {
  return new ChatError("too_large", `A body has at most ${limit} bytes.`);
}
