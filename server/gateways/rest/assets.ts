import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** A file as it is served. */
export interface Asset {
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** Null where it would not get smaller; made when it is first asked for. */
  gzip?: Uint8Array<ArrayBuffer> | null;
  etag: string;
  caching: string;
}

/** The web app's files, and the pages beside it. Only what was there at the start is served, so that no path leads anywhere else. */
export interface Assets {
  /** Undefined where there is no such file. */
  answer(path: string, request: Request): Response | undefined;
}

const INDEX = "/index.html";
/** Where documents of old chat systems say that files are: the app's own are there, too. */
const STATIC = "/static/";
const PAGES = /^\/(c\/[^/]*)?$/;
const COMPRESSIBLE = /^(text\/|application\/(json|manifest\+json|javascript)|image\/svg)/;
const WORTH_COMPRESSING = 1024;

/** Reads the built web app into memory. Without one there is nothing to serve. */
export function webAssets(folder: string): Assets {
  const assets = new Map<string, Asset>();
  for (const file of existsSync(folder) ? filesBelow(folder) : []) {
    assets.set(`/${relative(folder, file).split(sep).join("/")}`, read(file, folder));
  }
  const find = (path: string): Asset | undefined => {
    if (path.startsWith(STATIC)) return assets.get(path.slice(STATIC.length - 1));
    return (
      assets.get(PAGES.test(path) ? INDEX : path) ?? (path.endsWith("/") ? assets.get(`${path}index.html`) : undefined)
    );
  };
  return {
    answer(path, request) {
      const asset = find(path);
      if (asset) return answerWith(asset, request);
      // What a page names beside itself is found only below its slash.
      return assets.has(`${path}/index.html`) ? moved(`${path}/`) : undefined;
    },
  };
}

function moved(to: string): Response {
  return new Response(null, { status: 308, headers: { location: to } });
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function read(file: string, folder: string): Asset {
  // Files in a folder of assets carry a hash of their content in their name.
  const named = relative(folder, file).split(sep).at(-2) === "assets";
  return assetOf(new Uint8Array(readFileSync(file)), Bun.file(file).type, named);
}

/** `named` where its path changes with its content: then it is kept for ever. */
export function assetOf(bytes: Uint8Array<ArrayBuffer>, type: string, named: boolean): Asset {
  const etag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  return { type, bytes, etag, caching: named ? "public, max-age=31536000, immutable" : "no-cache" };
}

/** The file, packed where the browser takes that; nothing where it has it already. */
export function answerWith(asset: Asset, request: Request): Response {
  const packed = acceptsGzip(request) ? gzipOf(asset) : null;
  const etag = `"${asset.etag}${packed ? "-gzip" : ""}"`;
  const headers = new Headers({ etag, "cache-control": asset.caching, vary: "Accept-Encoding" });
  if (knows(request, etag)) return new Response(null, { status: 304, headers });
  headers.set("content-type", asset.type);
  if (packed) headers.set("content-encoding", "gzip");
  return new Response(packed ?? asset.bytes, { headers });
}

function gzipOf(asset: Asset): Uint8Array<ArrayBuffer> | null {
  if (asset.gzip !== undefined) return asset.gzip;
  const worth = COMPRESSIBLE.test(asset.type) && asset.bytes.length >= WORTH_COMPRESSING;
  const packed = worth ? Bun.gzipSync(asset.bytes, { level: 9 }) : null;
  asset.gzip = packed && packed.length < asset.bytes.length ? packed : null;
  return asset.gzip;
}

function acceptsGzip(request: Request): boolean {
  const accepted = (request.headers.get("accept-encoding") ?? "").split(",");
  return accepted.some((one) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(one));
}

function knows(request: Request, etag: string): boolean {
  const known = request.headers.get("if-none-match");
  if (known === null) return false;
  return known.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}
