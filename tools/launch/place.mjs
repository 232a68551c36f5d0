import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone this launcher belongs to, wherever it is called from. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** The pinned Bun; npm names it so on every platform. */
export const bun = join(root, "node_modules/bun/bin/bun.exe");

/** What the launcher keeps for itself; never part of a commit. */
export const scratch = join(root, ".parley");
