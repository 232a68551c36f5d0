import { afterAll, expect, test } from "bun:test";
import { startRest } from "../kit/rest.ts";

const OURS = "https://chat.example";
const closed = startRest();
const some = startRest({ origins: [OURS, "http://localhost:5173"] });
const any = startRest({ origins: ["*"] });
afterAll(() => Promise.all([closed, some, any].map((node) => node.inside.stop())));

const allowed = async (node: typeof closed, origin: string) => {
  const response = await node.raw("GET", "/health", { headers: { origin } });
  return response.headers.get("access-control-allow-origin");
};

test("[REST11] pages of other sites may call only where CORS_ORIGINS names them", async () => {
  expect(await allowed(closed, OURS)).toBeNull();
  expect(await allowed(some, OURS)).toBe(OURS);
  expect(await allowed(some, "https://chat.example.evil.example")).toBeNull();
  expect(await allowed(some, "null")).toBeNull();
  expect(await allowed(any, "https://anybody.example")).toBe("*");
});

test("[REST11] a refusal can be read there too, and nothing is ever allowed with credentials", async () => {
  const refused = await some.raw("GET", "/api/me", { headers: { origin: OURS } });
  expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, OURS]);
  expect(refused.headers.get("vary")).toContain("Origin");
  for (const node of [some, any]) {
    const response = await node.raw("GET", "/health", { headers: { origin: OURS } });
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  }
});

test("[REST11] a browser that asks first is told what it may send", async () => {
  const headers = { origin: OURS, "access-control-request-method": "POST" };
  const told = await some.raw("OPTIONS", "/api/rooms", { headers });
  expect(told.status).toBe(204);
  expect(told.headers.get("access-control-allow-headers")).toBe("Authorization, Content-Type, Idempotency-Key");
  expect(told.headers.get("access-control-allow-methods")).toContain("DELETE");
  const stranger = await some.raw("OPTIONS", "/api/rooms", { headers: { ...headers, origin: "https://else.example" } });
  expect(stranger.headers.get("access-control-allow-methods")).toBeNull();
});

test("[REST12] every answer, also a refusal, tells browsers to load, frame and guess nothing", async () => {
  for (const [method, path] of [
    ["GET", "/health"],
    ["GET", "/api/me"],
    ["GET", "/nothing"],
    ["PUT", "/api/rooms"],
    ["GET", "/%"],
  ] as const) {
    const { headers } = await closed.raw(method, path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy.split("; ")).toEqual(expect.arrayContaining(["default-src 'self'", "frame-ancestors 'none'"]));
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  }
  expect((await closed.raw("GET", "/api/me")).headers.get("cache-control")).toBe("no-store");
});
