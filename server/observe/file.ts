import { appendFileSync, mkdirSync } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Sink } from "./lines.ts";

export interface FileLimits {
  /** Bytes of one file: a line that would exceed them begins the next. */
  bytes: number;
  /** Files that are kept, two at least, the newest among them: `name`, `name.1`, … */
  files: number;
}

/** Readable to the owner and their group: there are people's names and addresses in it. */
const MODE = 0o640;

/**
 * A file that lines are put at the end of, and that makes room for a new one when it is full. It is opened for each
 * batch, so that it may be moved or deleted by anybody meanwhile, its folder too.
 */
export function rotatingFile(path: string, limits: FileLimits): Sink {
  return {
    async append(lines) {
      const size = await sizeOf(path);
      const count = fitting(lines, size, limits.bytes);
      if (count === 0) {
        await shift(path, limits.files);
        return this.append(lines);
      }
      await appendWhole(path, size, lines.slice(0, count).join(""));
      return count;
    },
    appendNow(lines) {
      // Whoever is about to end has no time to turn files; a little more than fits does no harm.
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, lines.join(""), { mode: MODE });
    },
  };
}

/** Throws where lines cannot be put into this file. */
export function tryFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, "", { mode: MODE });
}

/** Pure: how many of these lines fit behind `size` bytes. A line larger than any file gets one of its own. */
function fitting(lines: readonly string[], size: number, most: number): number {
  let end = size;
  const over = lines.findIndex((line) => {
    end += Buffer.byteLength(line);
    return end > most;
  });
  if (over < 0) return lines.length;
  return over === 0 && size === 0 ? 1 : over;
}

/** All of it or nothing: half a line would spoil the next. */
async function appendWhole(path: string, size: number, text: string): Promise<void> {
  const file = await openIn(path);
  try {
    await file.appendFile(text);
  } catch (error) {
    await file.truncate(size).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

async function openIn(path: string) {
  return open(path, "a", MODE).catch(async (error) => {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, "a", MODE);
  });
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    (error) => {
      if (isMissing(error)) return 0;
      throw error;
    },
  );
}

/** `name` becomes `name.1`, and so on; the oldest makes room. */
async function shift(path: string, files: number): Promise<void> {
  for (let n = files - 1; n > 0; n--) {
    await rename(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === "ENOENT";
}
