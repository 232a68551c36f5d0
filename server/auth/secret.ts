import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

const BYTES = 32;
const SHORTEST = 32;

/** Where the key is kept that no variable gives. */
export function secretFile(folder: string): string {
  return join(folder, "secret.key");
}

/**
 * The server's secret: the given one, else the one in the data folder, which is made at first use and readable to
 * its owner only. Throws where the file is not a key.
 */
export function obtainSecret(given: string | null, folder: string): string {
  if (given !== null) return given;
  const file = secretFile(folder);
  if (!existsSync(file)) writeWhole(file, randomBytes(BYTES).toString("base64url"));
  const key = readFileSync(file, "utf8").trim();
  if (key.length < SHORTEST) throw new Error(`${file} does not hold a key of ${SHORTEST} or more characters.`);
  return key;
}

/** Puts a key where a server finds it that no variable gives one. Throws where another one is there. */
export function keepSecret(key: string, folder: string): void {
  const file = secretFile(folder);
  if (!existsSync(file)) writeWhole(file, key);
  else if (readFileSync(file, "utf8").trim() !== key) throw new Error(`${file} holds another key already.`);
}

/** Under its name there is either nothing or the whole key, on disk. */
function writeWhole(file: string, text: string): void {
  const made = `${file}.new`;
  const handle = openSync(made, "w", 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(made, file);
  sync(dirname(file));
}

/** A name is on disk only once its folder is. */
function sync(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
