import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { problem } from "@parley/protocol/operation";
import { operations } from "@parley/protocol/operations";
import { asyncapi } from "../documents/asyncapi.ts";
import recorded from "../documents/examples.json" with { type: "json" };
import { openapi } from "../documents/openapi.ts";
import type { Exchange, Table, Wire } from "../documents/wire.ts";
import { type Asset, type Assets, answerWith, assetOf } from "./assets.ts";

/** What the documents tell of: the sockets of this server, and operations besides its own. */
export interface Told {
  version: string;
  wires: readonly Wire[];
  tables: readonly Table[];
}

/** Parley's own operations, with examples that were recorded from a real server. */
export const ownTable: Table = {
  name: "",
  operations,
  refusal: { schema: problem, type: "application/problem+json" },
  examples: recorded.operations as Readonly<Record<string, Exchange>>,
};

const REST = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/**
 * ReDoc puts one style element with the look of its scroll bars into the page. All others have no text, and are filled
 * by script: they have the hash of nothing. Its search is a worker.
 */
const SCROLL_BARS = "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='";
const NOTHING = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
const POLICIES = {
  docs: `default-src 'self'; img-src 'self' data:; ${REST}`,
  redoc: `default-src 'self'; img-src 'self' data:; style-src 'self' ${NOTHING} ${SCROLL_BARS}; worker-src blob:; ${REST}`,
};

/** The documents of the interface, and the pages that show them. They are made and read when they are first asked for. */
export function documentAssets(told: Told): Assets {
  const served = new Map<string, Served>();
  const files = new Map<string, Served>();
  const file = (path: string): string => {
    const asset = fileAsset(path);
    files.set(asset.path, asset);
    return asset.path;
  };
  const makers: Record<string, () => Served> = {
    "/openapi.json": () => json(openapi(told.version, [ownTable, ...told.tables])),
    "/asyncapi.json": () => json(asyncapi(told.version, told.wires)),
    "/docs": () => page("Swagger UI", POLICIES.docs, DOCS.map(file)),
    "/redoc": () => page("ReDoc", POLICIES.redoc, REDOC.map(file)),
  };
  const find = (path: string): Served | undefined => {
    const known = served.get(path) ?? files.get(path);
    const make = Object.hasOwn(makers, path) ? makers[path] : undefined;
    if (known || !make) return known;
    const made = make();
    served.set(path, made);
    return made;
  };
  return {
    answer(path, request) {
      // Files are known once a page names them; whoever has that page from an earlier life asks for a file first.
      if (path.startsWith(FILES) && files.size === 0) for (const name of ["/docs", "/redoc"]) find(name);
      const found = find(path);
      if (!found) return undefined;
      const answer = answerWith(found.asset, request);
      if (found.policy) answer.headers.set("content-security-policy", found.policy);
      return answer;
    },
  };
}

interface Served {
  asset: Asset;
  policy?: string;
}

const FILES = "/docs/assets/";
const here = (name: string): string => fileURLToPath(new URL(`pages/${name}`, import.meta.url));
const DOCS = [
  fileURLToPath(import.meta.resolve("swagger-ui-dist/swagger-ui.css")),
  here("docs.css"),
  fileURLToPath(import.meta.resolve("swagger-ui-dist/swagger-ui-bundle.js")),
  here("docs.js"),
];
const REDOC = [
  here("docs.css"),
  fileURLToPath(import.meta.resolve("redoc/bundles/redoc.standalone.js")),
  here("redoc.js"),
];

/** A picture that ReDoc would ask its makers for; an empty one stands in its place. */
const ELSEWHERE = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

function fileAsset(file: string): Served & { path: string } {
  const text = readFileSync(file, "utf8").replace(ELSEWHERE, EMPTY);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const end = extname(file);
  const path = `${FILES}${basename(file, end)}-${hash}${end}`;
  return { path, asset: assetOf(bytesOf(text), Bun.file(file).type, true) };
}

function page(title: string, policy: string, files: string[]): Served {
  const styles = files.filter((file) => file.endsWith(".css")).map((file) => `<link rel="stylesheet" href="${file}">`);
  const scripts = files.filter((file) => file.endsWith(".js")).map((file) => `<script defer src="${file}"></script>`);
  const head = ['<meta charset="utf-8">', '<meta name="viewport" content="width=device-width">', ...styles, ...scripts];
  const html = `<!doctype html>
<html lang="en">
<head>
<title>Parley: ${title}</title>
<link rel="icon" href="/favicon.svg">
${head.join("\n")}
</head>
<body><div id="api"></div></body>
</html>
`;
  return { policy, asset: assetOf(bytesOf(html), "text/html;charset=utf-8", false) };
}

function json(document: unknown): Served {
  return { asset: assetOf(bytesOf(JSON.stringify(document)), "application/json", false) };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
