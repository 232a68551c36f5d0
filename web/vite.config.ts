import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { early } from "./early/build.ts";
import { legacy } from "./legacy/build.ts";
import { precached } from "./worker/build.ts";

const server = process.env.PARLEY_SERVER ?? "http://localhost:8000";

/** Everything becomes a hashed file of our own origin: nothing is inlined, so that a strict content policy holds. */
export default defineConfig({
  plugins: [
    react(),
    early(`${import.meta.dirname}/early/early.ts`),
    precached(`${import.meta.dirname}/public`),
    legacy(`${import.meta.dirname}/legacy`),
  ],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    reportCompressedSize: true,
    rollupOptions: {
      input: { index: "index.html", sw: "worker/worker.ts" },
      // A service worker keeps its name: browsers ask for it again under the same.
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: { proxy: { "/api": server, "/ws": { target: server.replace(/^http/, "ws"), ws: true } } },
});
