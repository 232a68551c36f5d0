import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, type Plugin } from "vite";
import { early } from "../early/build.ts";

/** Builds the pages for old protocols beside the app, with files of their own: the app must not load more for them. */
export function legacy(folder: string): Plugin {
  return {
    name: "parley-legacy",
    apply: "build",
    async closeBundle() {
      await build({
        configFile: false,
        logLevel: "warn",
        root: folder,
        base: `/${basename(folder)}/`,
        plugins: [early(`${dirname(folder)}/early/early.ts`)],
        build: {
          outDir: `${dirname(folder)}/dist/${basename(folder)}`,
          emptyOutDir: true,
          assetsInlineLimit: 0,
          modulePreload: { polyfill: false },
          target: "es2023",
          rollupOptions: { input: pagesIn(folder) },
        },
      });
    },
  };
}

function pagesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".html")).map((file) => join(folder, file));
}
