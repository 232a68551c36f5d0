import { beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DIALECTS } from "@parley/protocol/dialects";

const ROOT = join(import.meta.dir, "../..");
const DIST = join(ROOT, "web/dist");

/** Bytes as they travel, packed, that are loaded before a page can show something. Fonts come later. */
const APP = { scripts: 130_000, styles: 12_000 };
const OLD_PROTOCOL = { scripts: 8_000, styles: 6_000 };

beforeAll(async () => {
  const build = Bun.spawn([process.execPath, "tools/launch.mjs", "build"], { cwd: ROOT, stderr: "pipe" });
  if ((await build.exited) !== 0) throw new Error(await new Response(build.stderr).text());
}, 120_000);

/** What a page names, and what those scripts import in turn. */
function loadedBy(page: string, kind: "js" | "css"): Set<string> {
  const found = new Set<string>();
  const from = (file: string, pattern: RegExp) => {
    for (const [, address = ""] of readFileSync(file, "utf8").matchAll(pattern)) {
      const named = address.startsWith("/") ? join(DIST, address) : join(dirname(file), address);
      if (!named.endsWith(`.${kind}`) || found.has(named) || !existsSync(named)) continue;
      found.add(named);
      if (kind === "js") from(named, /(?:from|import)\s*["']([^"']+)["']/g);
    }
  };
  from(join(DIST, page), /(?:src|href)="([^"]+)"/g);
  return found;
}

function packed(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + Bun.gzipSync(readFileSync(file), { level: 9 }).length, 0);
}

function sizeOf(page: string): { scripts: number; styles: number } {
  const size = { scripts: packed(loadedBy(page, "js")), styles: packed(loadedBy(page, "css")) };
  expect(size.scripts).toBeGreaterThan(500);
  expect(size.styles).toBeGreaterThan(500);
  return size;
}

test("[BUD6] the app shows after 130 KB of scripts and 12 KB of styles", () => {
  const { scripts, styles } = sizeOf("index.html");
  expect(scripts).toBeLessThan(APP.scripts);
  expect(styles).toBeLessThan(APP.styles);
});

test("[BUD6] the page of an old protocol is 8 KB of scripts and 6 KB of styles, and nothing of the app", () => {
  for (const name of DIALECTS) {
    const { scripts, styles } = sizeOf(`legacy/${name}/index.html`);
    expect(scripts).toBeLessThan(OLD_PROTOCOL.scripts);
    expect(styles).toBeLessThan(OLD_PROTOCOL.styles);
  }
});
