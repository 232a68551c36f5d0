import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { configFrom } from "@parley/server/config";
import { rotatingFile } from "@parley/server/observe/file";
import { temporaryFolder } from "../kit/process.ts";

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function place(bytes: number, files = 5) {
  const folder = temporaryFolder();
  folders.push(folder);
  const path = join(folder.path, "logs", "access.log");
  const file = rotatingFile(path, { bytes, files });
  const put = async (...lines: string[]) => {
    for (let from = 0; from < lines.length; ) from += await file.append(lines.slice(from));
  };
  const read = (suffix = "") => readFileSync(path + suffix, "utf8");
  return { path, folder: join(folder.path, "logs"), put, read, file };
}

const line = (n: number) => `${String(n).padStart(9, "0")}\n`;

test("[OBS2] a file is filled to its very last byte, and the next line begins a new one", async () => {
  const { put, read, folder } = place(30);
  await put(line(1), line(2), line(3));
  expect(readdirSync(folder)).toEqual(["access.log"]);
  await put(line(4));
  expect([read(".1"), read()]).toEqual([line(1) + line(2) + line(3), line(4)]);
});

test("[OBS2] five files are kept, the oldest goes, and no line is split or lost between them", async () => {
  const { put, read, folder } = place(25);
  await put(...Array.from({ length: 12 }, (_, n) => line(n)));
  expect(readdirSync(folder).sort()).toEqual(["access.log", ...[1, 2, 3, 4].map((n) => `access.log.${n}`)]);
  const all = [".4", ".3", ".2", ".1", ""].map(read).join("");
  expect(all).toBe(Array.from({ length: 10 }, (_, n) => line(n + 2)).join(""));
});

test("[OBS2] sizes are counted in bytes, and a line larger than a file has one of its own", async () => {
  const { put, read } = place(20);
  await put("äöü\n", "äöü\n", "äöü\n");
  expect([read(".1"), read()]).toEqual(["äöü\näöü\n", "äöü\n"]);
  await put(`${"x".repeat(40)}\n`, "end\n");
  expect([read(".1"), read()]).toEqual([`${"x".repeat(40)}\n`, "end\n"]);
});

test("[OBS2] the files of a server hold 10 MB each, and five are kept", async () => {
  const { limits } = configFrom({ LOG_DIR: "logs" }).logs;
  expect(limits).toMatchObject({ bytes: 10 * 1024 * 1024, files: 5 });
  const { put, path, read } = place(limits.bytes, limits.files);
  const half = `${"x".repeat(limits.bytes / 2 - 1)}\n`;
  await put(half, half);
  expect(statSync(path).size).toBe(limits.bytes);
  await put("\n");
  expect([statSync(`${path}.1`).size, read()]).toEqual([limits.bytes, "\n"]);
});

test("[OBS2] files that somebody moves or deletes are made anew, their folder too", async () => {
  const { put, read, path, folder } = place(1000);
  await put("one\n");
  renameSync(path, `${path}.moved`);
  await put("two\n");
  expect([read(".moved"), read()]).toEqual(["one\n", "two\n"]);
  rmSync(folder, { recursive: true });
  await put("three\n");
  expect(read()).toBe("three\n");
  expect(statSync(path).mode & 0o007).toBe(0);
});

test("[OBS8] what is written at the last moment stands behind the rest", async () => {
  const { put, read, file, path } = place(1000);
  await put("one\n");
  file.appendNow(["two\n"]);
  expect([read(), existsSync(`${path}.1`)]).toEqual(["one\ntwo\n", false]);
});
