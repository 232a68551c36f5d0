import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as util from "node:util";
import { root } from "./place.mjs";
import { Refusal } from "./say.mjs";

const FILE = join(root, ".env");

/** What the server is started with: the settings of `.env`, and before them those of the real environment. */
export function settings(env = process.env) {
  return { ...settingsOfFile(), ...env };
}

function settingsOfFile() {
  if (!existsSync(FILE)) return {};
  if (!util.parseEnv) throw new Refusal(`reading ${FILE} needs Node 20.12 or newer; this is ${process.version}.`);
  try {
    return util.parseEnv(readFileSync(FILE, "utf8"));
  } catch (error) {
    throw new Refusal(`${FILE} cannot be read (${error.code ?? error.message}).`);
  }
}
