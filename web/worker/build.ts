import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

const WORKER = "sw.js";

/** Writes into the service worker which files the page is made of, and a version that moves when one of them does. */
export function precached(publicFolder: string): Plugin {
  return {
    name: "parley-precached",
    enforce: "post",
    generateBundle(_, bundle) {
      const hash = createHash("sha256");
      const files = Object.keys(bundle).filter((file) => file !== WORKER && !file.endsWith(".map"));
      for (const file of files.sort()) {
        const built = bundle[file];
        hash.update(file).update(built?.type === "asset" ? built.source : (built?.code ?? ""));
      }
      const fixed = readdirSync(publicFolder).sort();
      for (const file of fixed) hash.update(file).update(readFileSync(`${publicFolder}/${file}`));
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") throw new Error(`There is no ${WORKER}.`);
      const paths = [...files, ...fixed].map((file) => (file === "index.html" ? "/" : `/${file}`));
      const shell = { files: paths, version: hash.digest("base64url").slice(0, 12) };
      worker.code = `const SHELL = ${JSON.stringify(shell)};\n${worker.code}`;
    },
  };
}
