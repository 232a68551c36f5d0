import { afterAll, expect, test } from "bun:test";
import { DIALECTS } from "@parley/protocol/dialects";
import { clientFrames, serverFrames } from "@parley/protocol/frames";
import { operations } from "@parley/protocol/operations";
import { signals } from "@parley/protocol/signals";
import type { Frames } from "@parley/server/gateways/documents/wire";
import { nativeWire } from "@parley/server/gateways/native/frames";
import { TABLES, WIRES } from "@parley/server/main";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { checkAnswer, checkFrame, checkOldFrame, checkResult } from "../kit/documents.ts";
import { startRest } from "../kit/rest.ts";

const node = startRest();
afterAll(() => node.inside.stop());

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; security: object[]; responses: object }>>;
}

const openapi = (await (await node.raw("GET", "/openapi.json")).json()) as OpenApi;
const asyncapi = (await (await node.raw("GET", "/asyncapi.json")).json()) as { asyncapi: string; channels: object };

/** What a validator of such documents has to say against this one. */
async function faultsOf(document: object): Promise<string[]> {
  const config = await createConfig({ rules: { struct: "error", "no-unresolved-refs": "error" } });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: "/document.json", config });
  return problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`);
}

test("[API1] the documents are valid OpenAPI 3.1 and AsyncAPI 3.0", async () => {
  expect([openapi.openapi, asyncapi.asyncapi]).toEqual(["3.1.0", "3.0.0"]);
  expect(await faultsOf(openapi)).toEqual([]);
  expect(await faultsOf(asyncapi)).toEqual([]);
  expect(await faultsOf({ ...openapi, paths: { "/x": { get: { responses: 7 } } } })).not.toEqual([]);
  expect(await faultsOf({ ...asyncapi, channels: { x: { address: 7 } } })).not.toEqual([]);
});

test("[API1] every operation of the contract is documented where it is, and says whether it needs a token", () => {
  for (const [name, operation] of Object.entries(operations)) {
    const documented = openapi.paths[operation.path]?.[operation.method.toLowerCase()];
    expect(documented?.operationId).toBe(name);
    expect({ name, open: documented?.security.length === 0 }).toEqual({ name, open: "open" in operation });
  }
  const count = Object.values(openapi.paths).flatMap((at) => Object.keys(at)).length;
  expect(count).toBe([{ operations }, ...TABLES].flatMap((table) => Object.keys(table.operations)).length);
});

test("[API1] every frame of the native socket is documented, and says what it is for", () => {
  expect(Object.keys(nativeWire.received)).toEqual(Object.keys(clientFrames));
  expect(Object.keys(nativeWire.sent)).toEqual(Object.keys({ ...serverFrames, ...signals }));
  const frames = [...Object.entries(nativeWire.received), ...Object.entries(nativeWire.sent)];
  expect(frames.filter(([, { about }]) => about === "").map(([name]) => name)).toEqual([]);
});

test("[API1] every frame and request of every dialect is documented, at its own address and at the one that it always has", () => {
  expect(WIRES.map(({ name }) => name).sort()).toEqual([...DIALECTS, "parley"].sort());
  for (const { name, addresses, received, sent } of WIRES.filter((wire) => wire.name !== "parley")) {
    const paths = addresses.map(({ path }) => path);
    expect(paths).toEqual([paths[0], `/dialects/${name}${paths[0]}`] as string[]);
    for (const frames of [received, sent] as Frames[]) {
      const silent = Object.entries(frames).filter(([, { about, examples }]) => about === "" || examples.length === 0);
      expect({ name, silent }).toEqual({ name, silent: [] });
    }
  }
  for (const { name, operations } of TABLES) {
    for (const [id, { path, method }] of Object.entries(operations)) {
      expect(openapi.paths[path]?.[method.toLowerCase()]?.operationId).toBe(name + id);
    }
  }
});

test("[API2] pages and their files come from here, under a policy without unsafe words", async () => {
  for (const path of ["/docs", "/redoc"]) {
    const page = await node.raw("GET", path);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const html = await page.text();
    expect(html).not.toMatch(/https?:|<script>|<style| style=| on\w+=/);
    const files = [...html.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map((match) => match[1] ?? "");
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const { status, headers } = await node.raw("HEAD", file);
      expect({ file, status }).toEqual({ file, status: 200 });
      expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      const large = /swagger-ui|standalone/.test(file);
      expect({ file, packed: headers.get("content-encoding") }).toEqual({ file, packed: large ? "gzip" : null });
    }
  }
});

test("[API2] a file of a page is found by whoever has that page from an earlier life of the server", async () => {
  const [file = ""] =
    /\/docs\/assets\/swagger-ui-bundle-[^"]+/.exec(await (await node.raw("GET", "/docs")).text()) ?? [];
  const other = startRest();
  try {
    expect((await other.raw("GET", file)).status).toBe(200);
    expect(await other.refusal("GET", "/docs/assets/other.js")).toBe("not_found");
    expect(await other.refusal("GET", "/docs/assets/../docs.js")).toBe("not_found");
  } finally {
    await other.inside.stop();
  }
});

test("[API2] documents are told apart by a tag, so that nobody fetches twice what did not change", async () => {
  for (const path of ["/openapi.json", "/asyncapi.json", "/docs", "/redoc"]) {
    const first = await node.raw("GET", path);
    const etag = first.headers.get("etag") ?? "";
    expect(first.headers.get("cache-control")).toBe("no-cache");
    expect((await node.raw("GET", path, { headers: { "if-none-match": etag } })).status).toBe(304);
  }
});

test("[API5] an answer or a frame that is not as documented is noticed by every test that hears it", () => {
  const of = (status: number, type = "application/json") =>
    new Response("{}", { status, headers: { "content-type": type } });
  const person = { id: 1, name: "Ada", handle: "ada", kind: "guest", role: "guest" };
  checkAnswer("GET", "/api/me", of(200), { person, inbox: 1 });
  expect(() => checkAnswer("GET", "/api/me", of(200), { person: { ...person, id: "1" }, inbox: 1 })).toThrow("id");
  expect(() => checkAnswer("GET", "/api/me", of(201), { person, inbox: 1 })).toThrow("nothing is said of 201");
  expect(() => checkAnswer("GET", "/api/me", of(200, "text/plain"), { person })).toThrow(
    "not documented as text/plain",
  );
  expect(() => checkAnswer("GET", "/api/you", of(404, "application/problem+json"), {})).toThrow("required");
  checkFrame({ t: "bye", retry_after: 1 } as never);
  expect(() => checkFrame({ t: "bye", retry_after: "1" } as never)).toThrow("retry_after");
  expect(() => checkFrame({ t: "hullo" } as never)).toThrow("not documented");
  expect(() => checkResult("people", { people: [{ id: 1 }] })).toThrow("the result of people");
  checkOldFrame("ws://host/ws/bob", "alice: hello");
  expect(() => checkOldFrame("ws://host/ws/bob", "hello")).toThrow("plain do not document");
});
