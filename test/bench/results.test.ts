import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeResults } from "../../bench/report/results.ts";
import { temporaryFolder } from "../kit/process.ts";

const figure = (subject: string, value: number) => {
  return { scenario: "room1000", subject, figure: "deliveries per CPU-second", value, unit: "1/s" };
};
const RESULTS = {
  rows: [figure("floor", 12_300_000), figure("parley", 9_800_000), figure("ws", 120_000)],
  ratios: { room1000_vs_floor: 0.797, idle_kb_per_socket: 3.9 },
  subjects: [{ name: "parley", about: "every message durable first" }],
  rounds: 3,
  missing: ["prosody is left out: it is not there"],
};

async function written(): Promise<Record<"json" | "md" | "svg", string>> {
  const folder = temporaryFolder();
  writeResults(folder.path, RESULTS);
  const read = (kind: string) => readFileSync(join(folder.path, `results.${kind}`), "utf8");
  const all = { json: read("json"), md: read("md"), svg: read("svg") };
  folder.remove();
  return all;
}

test("[BEN3] each goal is told with what it was to be, what was measured and whether it is met", async () => {
  const { json, md } = await written();
  expect(md).toContain("| ≥ 0.8 | 0.797 | **no** |");
  expect(md).toContain("| ≤ 4 | 3.90 | yes |");
  expect(md).toContain("prosody is left out");
  const { goals, ratios } = JSON.parse(json);
  const metOf = (name: string) => goals.find(({ ratio }: { ratio: string }) => ratio === name).met;
  expect(ratios).toEqual(RESULTS.ratios);
  expect(["room1000_vs_floor", "idle_kb_per_socket", "pairs500_vs_floor"].map(metOf)).toEqual([false, true, null]);
});

test("[BEN3] the picture has a bar for each subject, colours for light and dark, and asks nobody for anything", async () => {
  const { svg } = await written();
  expect(svg.match(/<rect /g)).toHaveLength(3);
  expect(svg).toContain(">9,800,000<");
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|url\(|@import|<image|<script/);
  const widths = [...svg.matchAll(/width="([\d.]+)" height/g)].map(([, width]) => Number(width));
  expect(widths).toEqual([...widths].sort((one, other) => other - one));
});
