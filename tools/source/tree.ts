import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Every source file of a clone by its path from the root, with `/` between folders. */
export type Tree = Map<string, string>;

const SOURCES = "{protocol,client,server,web,cli,test,bench,tools}/**/*.{ts,tsx}";

/** Reads the sources that the checks look at. */
export function readTree(root: string): Tree {
  const paths = [...new Bun.Glob(SOURCES).scanSync({ cwd: root })];
  const ours = paths.filter((path) => !/(^|\/)(node_modules|dist)\//.test(path) && !path.endsWith(".d.ts"));
  return new Map(ours.sort().map((path) => [path, readFileSync(`${root}/${path}`, "utf8")]));
}

/** True for files that hold tests of the code beside them. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

/** The clone a check was started in. */
export const ROOT = join(import.meta.dir, "../..");
