import type { Operation } from "@parley/protocol/operation";
import { TABLES } from "@parley/server/main";
import fc from "fast-check";
import { checkOldAnswer } from "../kit/documents.ts";
import { type Asked, requestsOf, type Sent } from "./requests.ts";

const operations = TABLES.flatMap((table) => Object.values<Operation>(table.operations));

/** Requests for everything that dialects answer over HTTP, whole and mutilated in every part. */
export const oldRequests: fc.Arbitrary<Asked> = fc.oneof(...operations.map(requestsOf));

/** Throws unless the answer is as documented, and nothing of a wrong type was carried out. */
export async function checkOld({ method, operation }: Asked, sent: Sent, response: Response): Promise<void> {
  const { pathname, search } = new URL(sent.url);
  if (response.status >= 500) throw new Error(`${method} ${pathname}${search}: ${response.status}`);
  if (method === "HEAD" || method === "OPTIONS") return;
  await checkOldAnswer(method, pathname + search, response);
  const isCarriedOut = response.status < 300 && operation.method === method && operation.body && sent.text !== null;
  if (isCarriedOut && !operation.body?.safeParse(JSON.parse(sent.text as string)).success) {
    throw new Error(`Something of a wrong type was accepted: ${sent.text?.slice(0, 200)}`);
  }
}
