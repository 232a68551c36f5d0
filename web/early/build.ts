import { createHash } from "node:crypto";
import { build, type Plugin } from "vite";

/** Makes a classic script of `entry` alone and has the page run it before anything is drawn. */
export function early(entry: string): Plugin {
  let [fileName, base] = ["", "/"];
  return {
    name: "parley-early",
    apply: "build",
    configResolved(config) {
      base = config.base;
    },
    async buildStart() {
      const source = await bundled(entry);
      const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
      fileName = `assets/early-${hash}.js`;
      this.emitFile({ type: "asset", fileName, source });
    },
    transformIndexHtml: () => [{ tag: "script", attrs: { src: base + fileName }, injectTo: "head" }],
  };
}

async function bundled(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      write: false,
      target: "es2023",
      lib: { entry, formats: ["iife"], name: "parleyEarly", fileName: "early" },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  const chunk = output && "output" in output ? output.output[0] : undefined;
  if (!chunk) throw new Error(`Nothing came of ${entry}.`);
  return chunk.code;
}
