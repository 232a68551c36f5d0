import { sizesReport } from "./sizes/report.ts";
import { ROOT, readTree } from "./source/tree.ts";

console.log(sizesReport(readTree(ROOT)).join("\n"));
