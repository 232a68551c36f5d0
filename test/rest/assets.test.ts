import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRest } from "../kit/rest.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-assets-"));
const web = join(folder, "dist");
const PAGE = `<!doctype html><title>Parley</title>${"<p>text</p>".repeat(200)}`;
const SCRIPT = `console.log("hello");${"// more\n".repeat(200)}`;
mkdirSync(join(web, "assets"), { recursive: true });
writeFileSync(join(web, "index.html"), PAGE);
writeFileSync(join(web, "assets/main-abc123.js"), SCRIPT);
writeFileSync(join(web, "assets/font-abc123.woff2"), new Uint8Array(3000));
writeFileSync(join(web, "favicon.svg"), "<svg/>");
mkdirSync(join(web, "legacy/assets"), { recursive: true });
writeFileSync(join(web, "legacy/index.html"), "<!doctype html><title>Beside</title>");
writeFileSync(join(web, "legacy/assets/page-abc123.js"), SCRIPT);
writeFileSync(join(folder, "secret.key"), "secret");

const node = startRest({ web });
afterAll(async () => {
  await node.inside.stop();
  rmSync(folder, { recursive: true });
});

/** An answer as it came, without anybody unpacking it. */
function literal(path: string, headers: string[] = [], method = "GET"): Promise<string> {
  const { port } = new URL(node.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (data: Buffer) => chunks.push(data));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.on("error", reject);
    socket.write([`${method} ${path} HTTP/1.1`, "Host: parley", "Connection: close", ...headers, "", ""].join("\r\n"));
  });
}

test("[REST13] the page comes for the list and for every conversation, and for nothing else", async () => {
  for (const path of ["/", "/c/7", "/c/7?from=mail", "/index.html"]) {
    const response = await node.raw("GET", path);
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/html;charset=utf-8",
      PAGE,
    ]);
  }
  for (const path of ["/c/7/8", "/chat", "/assets", "/assets/", "/assets/other.js", "/C/7"]) {
    expect({ path, code: await node.refusal("GET", path) }).toEqual({ path, code: "not_found" });
  }
});

test("[REST13] files with a hash in their name are kept for ever, the page is asked for each time", async () => {
  const script = await node.raw("GET", "/assets/main-abc123.js");
  expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(script.headers.get("content-type")).toContain("text/javascript");
  expect((await node.raw("GET", "/")).headers.get("cache-control")).toBe("no-cache");
  expect((await node.raw("GET", "/favicon.svg")).headers.get("cache-control")).toBe("no-cache");
});

test("[REST13] pages beside the app answer below their slash, and their hashed files are kept for ever, too", async () => {
  const page = await node.raw("GET", "/legacy/");
  expect([page.status, await page.text()]).toEqual([200, "<!doctype html><title>Beside</title>"]);
  const bare = await fetch(`${node.url}/legacy`, { redirect: "manual" });
  expect([bare.status, bare.headers.get("location")]).toEqual([308, "/legacy/"]);
  expect(await node.refusal("GET", "/legacy/assets/")).toBe("not_found");
  const script = await node.raw("GET", "/legacy/assets/page-abc123.js");
  expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
});

test("[REST13] whoever has it already is told so", async () => {
  const etag = (await node.raw("GET", "/")).headers.get("etag") ?? "";
  const again = (known: string) => node.raw("GET", "/", { headers: { "if-none-match": known } });
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const response = await again(known);
    expect([response.status, await response.text(), response.headers.get("etag")]).toEqual([304, "", etag]);
    expect(response.headers.get("content-security-policy")).not.toBeNull();
  }
  expect((await again('"other"')).status).toBe(200);
});

test("[REST13] text is packed for those who take it, under its own tag", async () => {
  const packed = await literal("/assets/main-abc123.js", ["Accept-Encoding: gzip, br"]);
  expect(packed).toMatch(/^HTTP\/1.1 200 /);
  expect(packed.toLowerCase()).toContain("content-encoding: gzip");
  const body = Buffer.from(packed.slice(packed.indexOf("\r\n\r\n") + 4), "latin1");
  expect(new TextDecoder().decode(Bun.gunzipSync(new Uint8Array(body)))).toBe(SCRIPT);
  for (const refused of [[], ["Accept-Encoding: br"], ["Accept-Encoding: gzip;q=0"]]) {
    const plain = await literal("/assets/main-abc123.js", refused);
    expect(plain.toLowerCase()).not.toContain("content-encoding");
    expect(plain.toLowerCase()).toContain("vary: accept-encoding");
    expect(plain).toEndWith(SCRIPT);
    expect(tagOf(plain)).not.toBe(tagOf(packed));
  }
  expect((await literal("/assets/font-abc123.woff2", ["Accept-Encoding: gzip"])).toLowerCase()).not.toContain("gzip");
});

function tagOf(answer: string): string | undefined {
  return /^etag: (.*)$/im.exec(answer)?.[1];
}

test("[REST13] no path leads out of the folder", async () => {
  const ways = [
    "/../secret.key",
    "/assets/../../secret.key",
    "/%2e%2e/secret.key",
    "/..%2fsecret.key",
    "/assets/..%5c..%5csecret.key",
    "//etc/passwd",
    "/c/../../secret.key",
  ];
  for (const way of ways) {
    const answer = await literal(way);
    expect({ way, status: answer.slice(0, 13) }).toEqual({ way, status: "HTTP/1.1 404 " });
    expect(answer).not.toContain("secret\r\n");
  }
});

test("[REST13] files can only be read", async () => {
  const head = await node.raw("HEAD", "/assets/main-abc123.js");
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const plain = await literal("/index.html", [], "HEAD");
  expect(plain.toLowerCase()).toContain(`content-length: ${PAGE.length}\r\n`);
  expect(plain).not.toContain("doctype");
  const response = await node.raw("DELETE", "/");
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("[DIA8] below `/static/` are the web app's own files, and nothing that is none", async () => {
  for (const path of ["/favicon.svg", "/assets/main-abc123.js"]) {
    const [plain, old] = [await node.raw("GET", path), await node.raw("GET", `/static${path}`)];
    expect([old.status, old.headers.get("etag")]).toEqual([200, plain.headers.get("etag")]);
    expect(await old.text()).toBe(await plain.text());
  }
  for (const path of [
    "/static/",
    "/static/c/7",
    "/static/legacy/",
    "/static/style.css",
    "/static/../secret.key",
    "/static/%2e%2e/secret.key",
    "/static/static/favicon.svg",
  ]) {
    expect([path, await node.refusal("GET", path)]).toEqual([path, "not_found"]);
  }
});
