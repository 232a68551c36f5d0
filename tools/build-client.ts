// Bundles the SDK into one file for browsers, Bun and Node: client/dist/parley.js, without a dependency.
const client = `${import.meta.dir}/../client`;
const { success, logs, outputs } = await Bun.build({
  entrypoints: [`${client}/index.ts`],
  outdir: `${client}/dist`,
  naming: "parley.js",
  target: "browser",
  format: "esm",
  minify: true,
  sourcemap: "linked",
});
for (const log of logs) console.error(log);
if (success) console.log(`client/dist/parley.js, ${Math.round((outputs[0]?.size ?? 0) / 1024)} KiB`);
process.exitCode = success ? 0 : 1;
