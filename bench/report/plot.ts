import { CROWDS } from "../crowd.ts";
import type { Row } from "../scenario.ts";
import { shown } from "./table.ts";

const WIDTH = 760;
const NAMES = 150;
const BARS = 500;
const LINE = 22;
const HEAD = 44;
const TITLES: Readonly<Record<string, string>> = {
  room1000: "one room of 1,000",
  rooms10x100: "ten rooms of 100",
  pairs500: "500 pairs",
};
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .name { text-anchor: end; }
  .other { fill: #8c959f; }
  .floor { fill: #d0a215; }
  .parley { fill: #2563c9; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .other { fill: #6e7681; }
    .floor { fill: #b88d10; }
    .parley { fill: #6ea8fe; }
  }`;

/** Deliveries per second of server CPU as bars on one logarithmic scale: an SVG that needs nothing. Null without any. */
export function plotOf(rows: readonly Row[]): string | null {
  const values = rows.filter(({ scenario }) => scenario in TITLES).map(({ value }) => Math.max(value, 1));
  if (values.length === 0) return null;
  const from = Math.floor(Math.log10(Math.min(...values) / 2));
  const scale = BARS / (Math.log10(Math.max(...values)) - from);
  let top = 8;
  const parts = CROWDS.flatMap(({ name }) => {
    const own = rows.filter(({ scenario }) => scenario === name).sort((one, other) => other.value - one.value);
    if (own.length === 0) return [];
    const at = top;
    top += HEAD + own.length * LINE;
    return [panel(TITLES[name] ?? name, own, at, (value) => scale * (Math.log10(Math.max(value, 1)) - from))];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img">
<title>Deliveries per second of server CPU</title>
<style>${STYLE}
</style>
${parts.join("\n")}
</svg>
`;
}

function panel(title: string, rows: readonly Row[], top: number, wide: (value: number) => number): string {
  const heading = `Deliveries per second of server CPU, ${title} (logarithmic)`;
  return [
    `<text class="title" x="${NAMES}" y="${top + 20}">${heading}</text>`,
    ...rows.map((row, nth) => bar(row, top + 30 + nth * LINE, wide(row.value))),
  ].join("\n");
}

function bar({ subject, value, remark }: Row, top: number, width: number): string {
  const kind = subject.startsWith("parley") ? "parley" : subject.startsWith("floor") ? "floor" : "other";
  const middle = top + LINE / 2 + 2;
  return [
    `<text class="name" x="${NAMES - 8}" y="${middle}">${subject}</text>`,
    `<rect class="${kind}" x="${NAMES}" y="${top}" width="${width.toFixed(1)}" height="${LINE - 6}" rx="2"/>`,
    `<text x="${(NAMES + width + 6).toFixed(1)}" y="${middle}">${shown(value)}${remark ? " *" : ""}</text>`,
  ].join("");
}
