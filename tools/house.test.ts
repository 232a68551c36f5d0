import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Lock, type Locked, missingBuilds } from "./lock/builds.ts";
import { ROOT } from "./source/tree.ts";

interface Manifest {
  private?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const manifests = [".", "protocol", "client", "server", "web", "cli", "bench/peers"].map((folder) => ({
  folder,
  manifest: JSON.parse(read(`${folder}/package.json`)) as Manifest,
}));

test("[HOUSE15] every dependency is pinned exactly and nothing is published by accident", () => {
  for (const { manifest } of manifests) {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    expect(manifest.private).toBe(true);
  }
});

test("[HOUSE15] the client has no dependency at run time but the protocol", () => {
  const client = manifests.find(({ folder }) => folder === "client");
  expect(Object.keys(client?.manifest.dependencies ?? {})).toEqual(["@parley/protocol"]);
});

const lock = JSON.parse(read("package-lock.json")) as Lock;
const fetched = Object.entries(lock.packages).filter(([path, { link }]) => path.includes("node_modules/") && !link);

test("[HOUSE15] the lock file names packages by version and hash, never by where they were fetched", () => {
  const forAnotherPlatform = ({ optional, os }: Locked) => optional && os;
  expect(fetched.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(fetched.filter(([, found]) => !found.integrity && !forAnotherPlatform(found))).toEqual([]);
});

test("[HOUSE15] the lock file has the builds for every platform, else npm ci refuses it", () => {
  expect(Object.keys(missingBuilds(lock))).toEqual([]);
});

test("[HOUSE15] every package with an install script was decided on by name", () => {
  const scripted = fetched.filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = scripted.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  const decided = Object.keys(manifests[0]?.manifest.allowScripts ?? {});
  expect(names.filter((name) => !decided.includes(name))).toEqual([]);
});
