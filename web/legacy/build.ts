import { basename, dirname, join } from "node:path";
import { build, type Plugin } from "vite";
import { early } from "../early/build.ts";
import { pages } from "./pages.ts";

/** Builds the pages for old protocols beside the app, with files of their own: the app must not load more for them. */
export function legacy(folder: string): Plugin[] {
  return [built(folder), shown(basename(folder))];
}

function built(folder: string): Plugin {
  return {
    name: "parley-legacy-built",
    apply: "build",
    async closeBundle() {
      const made = new Map([...pages()].map(([place, page]) => [join(folder, place), page]));
      await build({
        configFile: false,
        logLevel: "warn",
        root: folder,
        base: `/${basename(folder)}/`,
        plugins: [given(made), early(`${dirname(folder)}/early/early.ts`)],
        build: {
          outDir: `${dirname(folder)}/dist/${basename(folder)}`,
          emptyOutDir: true,
          assetsInlineLimit: 0,
          modulePreload: { polyfill: false },
          target: "es2023",
          rollupOptions: { input: [...made.keys()] },
        },
      });
    },
  };
}

/** Shows the pages from their sources, to whoever works on them. */
function shown(name: string): Plugin {
  return {
    name: "parley-legacy-shown",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use(async ({ url = "" }, response, next) => {
        const place = /^\/([^/]+)\/((?:[a-z]+\/)?)(?:index\.html)?$/.exec(url);
        const page = place?.[1] === name ? pages().get(`${place[2]}index.html`) : undefined;
        if (page === undefined) return next();
        response.setHeader("Content-Type", "text/html").end(await server.transformIndexHtml(url, page));
      });
    },
  };
}

/** Gives these files although they stand in no folder. */
function given(files: ReadonlyMap<string, string>): Plugin {
  return {
    name: "parley-given",
    enforce: "pre",
    resolveId: (id) => (files.has(id) ? id : null),
    load: (id) => files.get(id) ?? null,
  };
}
