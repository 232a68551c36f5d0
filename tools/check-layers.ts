import { checkLayers } from "./layers/check.ts";
import { ROOT, readTree } from "./source/tree.ts";

const broken = checkLayers(readTree(ROOT));
for (const sentence of broken) console.error(sentence);
process.exitCode = broken.length > 0 ? 1 : 0;
