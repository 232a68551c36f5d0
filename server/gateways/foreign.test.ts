import { expect, test } from "bun:test";
import { ChatError } from "@parley/protocol/errors";
import type { Arrival } from "./arrival.ts";
import type { ForeignDialect } from "./dialect.ts";
import { ForeignGateway, type ForeignParts } from "./foreign.ts";
import { unlimited } from "./rates.ts";

/** What a page of another site is told where a dialect's answer over HTTP fails like this, and what is logged. */
async function told(failure: unknown) {
  const logged: Record<string, unknown>[] = [];
  const dialect: ForeignDialect = {
    ...{ name: "rooms", gaps: [] },
    admit: () => Promise.reject(failure),
    answer: () => Promise.reject(failure),
  };
  const observer = { count: () => {}, log: (_: string, __: string, facts = {}) => void logged.push(facts) };
  const sockets = { draining: false };
  const parts = { observer, sockets, dialects: [dialect], rates: unlimited, names: "plain", origins: [] };
  const gateway = new ForeignGateway(parts as unknown as ForeignParts);
  const arrival = (headers: Record<string, string>) => {
    const request = new Request("http://localhost/ws/chat/1?username=a", { headers });
    return { request, server: null, caller: { id: "r1", address: "", network: "" } } as unknown as Arrival;
  };
  const answer = (await gateway.answer(arrival({ origin: "https://chat.example.org" }), null)) as Response;
  const handshake = (await gateway.answer(arrival({ upgrade: "websocket" }), null)) as Response;
  return { answer, handshake, logged };
}

test("[DIA9] what a dialect cannot do now is told over HTTP as 503 with the time to wait, to pages of other sites as well", async () => {
  const { answer } = await told(new ChatError("unavailable", "The disk is full.", 1_500));
  expect([answer.status, answer.headers.get("retry-after"), await answer.json()]).toEqual([
    ...[503, "2"],
    { detail: "The disk is full." },
  ]);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(answer.headers.get("access-control-expose-headers")).toBe("Retry-After");
});

test("[DIA9] a bug in a dialect is 500 over HTTP and 503 at a handshake, logged with the id of its request, and shows nothing of itself", async () => {
  const { answer, handshake, logged } = await told(new TypeError("secret of the inside"));
  expect([answer.status, await answer.json()]).toEqual([500, { detail: "Internal Server Error" }]);
  expect([handshake.status, await handshake.text()]).toEqual([503, ""]);
  expect(logged).toHaveLength(2);
  for (const facts of logged) {
    expect(facts).toMatchObject({ request: "r1", dialect: "rooms" });
    expect(facts.error).toContain("secret of the inside");
  }
});
