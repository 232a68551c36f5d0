import { readFileSync } from "node:fs";

/** The colours of one theme: role to `#rrggbb`. */
export type Palette = ReadonlyMap<string, string>;

const BLOCK = /^ {2}((?:[^\s@{}][^{}]*?)?\[data-theme="([\w-]+)"\]) \{\n([\s\S]*?)\n {2}\}/gmu;
const COLOUR = /--([\w-]+):\s*(#[0-9a-f]{6})\b/giu;

function coloursIn(css: string): [string, string][] {
  return [...css.matchAll(COLOUR)].map(([, role = "", colour = ""]) => [role, colour]);
}

function shared(css: string): [string, string][] {
  const block = /^ {2}:root \{\n([\s\S]*?)\n {2}\}/mu.exec(css);
  return coloursIn(block?.[1] ?? "");
}

/** The palettes of all themes in a file of tokens. */
export function palettesIn(css: string): Map<string, Palette> {
  const everywhere = shared(css);
  const blocks = [...css.matchAll(BLOCK)];
  return new Map(blocks.map(([, , theme = "", body = ""]) => [theme, new Map([...everywhere, ...coloursIn(body)])]));
}

/** How light a colour is to the eye, as WCAG 2.2 defines it: 0 to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours as WCAG 2.2 defines it: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** A file of styles beside this one. */
export function styles(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}
