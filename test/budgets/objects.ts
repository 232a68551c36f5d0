// Loaded before a server whose objects are counted: at this signal it says how many there are. Where nothing is ever
// collected (BUN_JSC_useGC=0) those are all that were ever made; elsewhere it collects before, so they are those kept.
import { fullGC, heapStats } from "bun:jsc";

process.on("SIGUSR2", () => {
  if (process.env.BUN_JSC_useGC !== "0") fullGC();
  const counts = Object.values(heapStats().objectTypeCounts);
  process.stderr.write(`objects: ${counts.reduce((one, other) => one + other, 0)}\n`);
});
