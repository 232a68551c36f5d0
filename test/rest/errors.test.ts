import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import type { Operation } from "@parley/protocol/operation";
import { operations } from "@parley/protocol/operations";
import { memoryStore } from "@parley/server/store/memory/memory";
import { type Asking, startRest } from "../kit/rest.ts";

const broken = memoryStore();
const node = startRest({ store: broken });
afterAll(() => node.inside.stop());

const ada = await node.guest("Ada");
const { token } = ada;
const room = await node.room(token, "Room");
const at = `/api/conversations/${room}`;

/** Every operation with real numbers in its path, or with `id` in their place. */
function everyOperation(id = String(room)): [Operation, string][] {
  return Object.values<Operation>(operations).map((one) => [one, one.path.replace(/\{\w+\}/g, id)]);
}

test("[REST5] without a token every operation but the open ones is refused before its body is looked at", async () => {
  for (const [{ method, open, body }, path] of everyOperation()) {
    if (open) continue;
    const response = await node.raw(method, path, body ? { body: "{" } : {});
    expect({ path, status: response.status }).toEqual({ path, status: 401 });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.json()).toMatchObject({ code: "not_authenticated" });
  }
});

test("[REST5] a token that nobody has, and one in another shape, is refused", async () => {
  expect(await node.refusal("GET", "/api/me", { token: "x".repeat(43) })).toBe("bad_token");
  expect(await node.refusal("GET", "/api/me", { token: "short" })).toBe("bad_token");
  expect(await node.refusal("GET", "/api/me", { headers: { authorization: "Basic YTpi" } })).toBe("not_authenticated");
  expect(await node.refusal("GET", "/api/me", { headers: { authorization: "Bearer" } })).toBe("not_authenticated");
  expect((await node.ask("GET", "/api/me", { headers: { authorization: `bearer  ${token}` } })).status).toBe(200);
});

test("[REST6] every body that is not JSON, not declared as JSON, or of another shape gets its code", async () => {
  for (const [{ method, body }, path] of everyOperation()) {
    if (!body) continue;
    const plain = { "content-type": "text/plain" };
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const asking = (more: Asking) => node.refusal(method, path, { token, key: "k", ...more });
    const codes = [
      await asking({ body: "{" }),
      await asking({ body: "[".repeat(100_000) }),
      await asking({ body: "{}", headers: plain }),
      await asking({ body: "a=b", headers: form }),
      await asking({ body: "[]" }),
      await asking({ body: "null" }),
      await asking({ body: '"text"' }),
    ];
    const expected = ["not_json", "not_json", ...Array(2).fill("unsupported_media"), ...Array(3).fill("bad_request")];
    expect({ path, codes }).toEqual({ path, codes: expected });
  }
});

test("[REST6] a wrong field is named, and where it stands", async () => {
  const detailOf = async (method: string, path: string, body: unknown) => {
    const refused = await node.ask(method, path, { token, key: "k", body });
    return (refused.body as { detail: string }).detail;
  };
  expect(await detailOf("POST", `${at}/messages`, {})).toMatch(/^text: /);
  expect(await detailOf("POST", `${at}/messages`, { text: 7 })).toMatch(/^text: .*number/);
  expect(await detailOf("POST", `${at}/messages`, { text: null })).toMatch(/^text: /);
  expect(await detailOf("POST", "/api/groups", { members: [1, "two"] })).toMatch(/^members\.1: /);
  expect(await detailOf("PUT", `${at}/marks`, { read: 1.5 })).toMatch(/^read: /);
  expect(await detailOf("PUT", `${at}/marks`, { read: -1 })).toMatch(/^read: /);
  expect(await detailOf("POST", "/api/rooms", { name: "R", visibility: "secret" })).toMatch(/^visibility: /);
  expect(await detailOf("POST", `${at}/messages`, { text: "half \ud800" })).toBe("text: not well-formed Unicode");
  expect(await detailOf("POST", "/api/rooms", {})).toMatch(/^name: /);
});

test("[REST6] what is not UTF-8 is no JSON", async () => {
  const body = new Uint8Array([0x22, 0xc3, 0x28, 0x22]);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": "k" };
  const response = await fetch(`${node.url}${at}/messages`, { method: "POST", headers, body });
  expect([response.status, await response.json()]).toMatchObject([400, { code: "not_json" }]);
});

test("[REST6] ids and query fields are digits, written in one way, each given once, and none is unknown", async () => {
  for (const id of ["abc", "-1", "1.5", "0x1", "01", "1e3", "+1", "%20", "%EF%BC%91", "9".repeat(16)]) {
    for (const [{ method, params, body }, path] of everyOperation(id)) {
      if (!params) continue;
      // A person's id may be negative.
      if (id === "-1" && Object.keys(params.shape).join() === "user") continue;
      const code = await node.refusal(method, path, { token, key: "k", ...(body ? { body: {} } : {}) });
      expect({ path, code }).toEqual({ path, code: "bad_request" });
    }
  }
  const queries = ["limit=0", "limit=-1", "limit=ten", "before=", "after=1&after=2", "befor=1", "after=%00"];
  for (const query of queries) {
    expect({ query, code: await node.refusal("GET", `${at}/messages?${query}`, { token }) }).toEqual({
      query,
      code: "bad_request",
    });
  }
  expect(await node.refusal("GET", `${at}/messages?before=2&after=1`, { token })).toBe("bad_request");
  for (const ids of ["", "1,", "a", "1, 2", "-0"]) {
    expect(await node.refusal("GET", `/api/people?ids=${ids}`, { token })).toBe("bad_request");
  }
  const many = Array.from({ length: 201 }, (_, i) => i + 1).join(",");
  expect(await node.refusal("GET", `/api/people?ids=${many}`, { token })).toBe("too_many");
  expect(await node.refusal("GET", "/api/people", { token })).toBe("bad_request");
});

test("[REST6] an address that is not well encoded is refused, wherever it leads", async () => {
  for (const path of ["/api/conversations/%E0%A4%A", "/%", "/assets/%zz", "/api/rooms?query=%C3%28"]) {
    expect({ path, code: await node.refusal("GET", path, { token }) }).toEqual({ path, code: "bad_request" });
  }
});

test("[REST7] an unknown path is not found; a known one says which methods it has", async () => {
  for (const path of ["/api", "/api/", "/api/nothing", "/api/rooms/", "/api//rooms", "/nothing", "/api/__proto__"]) {
    for (const method of ["GET", "POST", "DELETE"]) {
      expect({ path, code: await node.refusal(method, path, { token }) }).toEqual({ path, code: "not_found" });
    }
  }
  const response = await node.raw("DELETE", "/api/rooms", { token });
  expect(response.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
  expect([response.status, await response.json()]).toMatchObject([405, { code: "method_not_allowed" }]);
  for (const [, path] of everyOperation()) expect(await node.refusal("LINK", path)).toBe("method_not_allowed");
});

test("[REST7] HEAD is GET without a body, OPTIONS names the methods", async () => {
  const head = await node.raw("HEAD", "/api/me", { token });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect((await node.raw("HEAD", "/api/nothing")).status).toBe(404);
  const options = await node.raw("OPTIONS", `${at}/messages`);
  expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, POST, HEAD, OPTIONS"]);
});

test("[REST8] what is refused on the socket is refused here with the same code", async () => {
  const ben = await node.guest("Ben of errors");
  const post = (text: string, who = token, where = at) =>
    node.refusal("POST", `${where}/messages`, { token: who, key: "new", body: { text } });
  expect(await post("  ")).toBe("text_empty");
  expect(await post("x".repeat(8_001))).toBe("text_too_long");
  expect(await post("hi", ben.token)).toBe("not_member");
  expect(await post("hi", token, "/api/conversations/999999")).toBe("not_found");
  expect(await node.refusal("PATCH", at, { token: ben.token, key: "n", body: { name: "Mine" } })).toBe("not_member");
  expect(await node.refusal("PATCH", `${at}/messages/999`, { token, key: "e", body: { text: "x" } })).toBe("not_found");
  expect(await node.refusal("PUT", `${at}/members/5`, { token, key: "m" })).toBe("not_found");
  expect(await node.refusal("POST", "/api/directs", { token, key: "d", body: { user: 5 } })).toBe("not_found");
  expect(await node.refusal("POST", "/api/rooms", { token, key: "r", body: { name: "x".repeat(101) } })).toBe(
    "bad_name",
  );
});

test("[REST8] a private room does not exist for those outside", async () => {
  const ben = await node.guest("Ben outside");
  const made = { token, key: "private", body: { name: "Private", visibility: "private" } };
  const { body } = await node.ask("POST", "/api/rooms", made);
  const { id } = (body as { conversation: { id: number } }).conversation;
  for (const [{ method, params, body: schema }, path] of everyOperation(String(id))) {
    if (!params) continue;
    const fields = { name: "x", text: "x", read: 1, active: true };
    const code = await node.refusal(method, path, { token: ben.token, key: "k", ...(schema ? { body: fields } : {}) });
    expect({ method, path, code }).toEqual({ method, path, code: "not_found" });
  }
});

test("[REST9] a bug is told as internal, nothing of it is shown, and it is logged without what people wrote", async () => {
  const { memberships } = broken;
  broken.memberships = async () => {
    throw new Error("inside of ours");
  };
  const response = await node.raw("GET", "/api/conversations?limit=7", { token });
  broken.memberships = memberships;
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ status: 500, code: "internal" });
  expect(text).not.toContain("inside");
  const logged = node.inside.said.filter((line) => line.includes("inside of ours"));
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ level: "error", event: "bug", method: "GET" }]);
  const everything = node.inside.said.join("");
  expect(everything).toContain('"event":"request"');
  for (const secret of [token, "half ", "limit=7"]) expect(everything).not.toContain(secret);
});

test("[REST9] whoever breaks off in the middle of a body, or sends broken chunks, is no bug", async () => {
  const { port } = new URL(node.url);
  for (const rest of ["Content-Length: 10\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"]) {
    const line = connect(Number(port), "127.0.0.1");
    line.write(`POST /api/guests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${rest}`);
    await node.ask("GET", "/health");
    line.destroy();
  }
  for (let asked = 0; asked < 20; asked++) await node.ask("GET", "/health");
  expect(node.inside.said.filter((line) => line.includes('"bug"') && !line.includes("inside of ours"))).toEqual([]);
});
