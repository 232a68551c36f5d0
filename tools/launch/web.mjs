import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { holdLock } from "./lock.mjs";
import { bun, root, scratch } from "./place.mjs";
import { bunEnvironment, runQuietly } from "./run.mjs";
import { progress, Refusal, say } from "./say.mjs";

const PAGE = join(root, "web/dist/index.html");
const STAMP = join(scratch, "web-built");
const SOURCES = ["web", "client", "protocol"];
const NOT_SOURCES = new Set(["node_modules", "dist"]);

/** Makes web/dist what the sources say; does nothing when it already is, or when there is no web app. */
export async function buildWeb() {
  if (!existsSync(join(root, "web/index.html"))) return;
  if (isBuilt(hashOfSources())) return;
  const release = await holdLock("build");
  try {
    const hash = hashOfSources();
    if (isBuilt(hash)) return;
    await build();
    writeFileSync(STAMP, hash);
  } finally {
    release();
  }
}

async function build() {
  const done = progress("building the web app");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const env = { ...bunEnvironment(), NODE_ENV: "production" };
  const { code, output } = await runQuietly(bun, ["--no-install", vite, "build", "--logLevel", "warn"], {
    cwd: join(root, "web"),
    env,
  });
  const took = done();
  if (code !== 0) throw new Refusal(`the web app does not build:\n${output.trim()}`);
  say(`web app built (${took}).`);
}

function isBuilt(hash) {
  return existsSync(PAGE) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash;
}

/** A hash over the paths and contents of everything that can change the built app. */
function hashOfSources() {
  const hash = createHash("sha256");
  for (const file of ["package-lock.json", ...SOURCES.flatMap(filesBelow)]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
