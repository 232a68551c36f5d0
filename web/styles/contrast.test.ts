import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { THEMES } from "../app/theme.ts";
import { contrast, palettesIn, styles } from "./palette.ts";

type Pair = [front: string, back: string, atLeast: number];

const TEXT = 4.5;
const PART = 3;
const GROUNDS = ["bg", "bg-side", "bg-raised", "bg-sunken", "bg-hover", "bg-selected"];
const TINTS = ["mention-bg", "warn-soft", "danger-soft", "accent-soft"];
const NOW = ["now-a", "now-b", "now-c"];
const AVATARS = [1, 2, 3, 4, 5, 6, 7, 8].map((hue) => `av-${hue}`);

function pairs(fronts: string[], backs: string[], atLeast: number): Pair[] {
  return fronts.flatMap((front) => backs.map((back): Pair => [front, back, atLeast]));
}

/** What stands on what. */
const PAIRS: Pair[] = [
  ...pairs(["text", "text-strong", "text-muted"], [...GROUNDS, ...TINTS], TEXT),
  ...pairs(["accent", "link"], [...GROUNDS, "accent-soft", "warn-soft"], TEXT),
  ...pairs(["link"], ["mention-bg"], TEXT),
  ...pairs(["bg"], ["accent"], TEXT),
  ...pairs(["on-fill"], ["fill", "fill-hover", "fill-active", ...NOW], TEXT),
  ...pairs(["on-badge"], ["badge"], TEXT),
  ...pairs(["on-danger-fill"], ["danger-fill"], TEXT),
  ...pairs(["mention-text"], ["mention-bg", "bg", "bg-side", "bg-selected"], TEXT),
  ...pairs(["new"], ["bg", "bg-hover", "bg-raised", "bg-selected"], TEXT),
  ...pairs(["ok", "warn", "danger"], ["bg", "bg-side", "bg-raised", "bg-sunken", "bg-hover"], TEXT),
  ...pairs(["danger"], ["bg-selected", "danger-soft"], TEXT),
  ...pairs(["warn"], ["warn-soft"], TEXT),
  ...pairs(["code-key", "code-str", "code-num", "code-com"], ["bg-sunken"], TEXT),
  ...pairs(["av-ink"], AVATARS, TEXT),
  ...pairs(["line-strong"], ["bg", "bg-side", "bg-raised", "bg-sunken"], PART),
  ...pairs(["focus"], GROUNDS, PART),
  ...pairs(["fill"], ["bg", "bg-side", "bg-raised"], PART),
  ...pairs(["badge"], ["bg-side", "bg-hover", "bg-selected"], PART),
  ...pairs(["ok", "warn"], ["bg-side", "bg-selected"], PART),
];

/** WCAG asks nothing of controls that are off, of lines that mean nothing, and of the veil. */
const EXEMPT = ["text-disabled", "line", "scrim"];

const palettes = palettesIn(styles("tokens.css"));
const rules = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".css") && file !== "tokens.css")
  .concat("../legacy/style.css")
  .map(styles)
  .join("\n");

test("[WEB45] every theme that can be chosen has its colours, each a value for the same roles", () => {
  expect([...palettes.keys()].sort()).toEqual(THEMES.map(({ id }) => id as string).sort());
  const rolesOf = (theme: string) => [...(palettes.get(theme)?.keys() ?? [])].filter((role) => !NOW.includes(role));
  expect(rolesOf("nord-dark").length).toBeGreaterThan(36);
  for (const theme of palettes.keys())
    expect([theme, rolesOf(theme).sort()]).toEqual([theme, rolesOf("nord-dark").sort()]);
});

test("[WEB45] text has 4.5 to 1 and every part of a control 3 to 1, in every theme", () => {
  const tooWeak = [...palettes].flatMap(([theme, palette]) =>
    PAIRS.flatMap(([front, back, atLeast]) => {
      const [one, other] = [palette.get(front), palette.get(back)];
      // Only one theme has the gradient.
      if (NOW.includes(back) && !other) return [];
      const reached = one && other ? contrast(one, other) : 0;
      return reached >= atLeast ? [] : [`${theme}: ${front} on ${back} is ${reached.toFixed(2)}, not ${atLeast}`];
    }),
  );
  expect(tooWeak).toEqual([]);
});

test("[WEB45] nothing is written in a colour, or on one, that is not measured", () => {
  const colours = new Set([...palettes.values()].flatMap((palette) => [...palette.keys()]));
  const used = (property: string) => {
    const values = [...rules.matchAll(new RegExp(`(?<![\\w-])${property}:([^;]*);`, "gu"))].map(([, value]) => value);
    const roles = values.flatMap((value) =>
      [...(value ?? "").matchAll(/var\(--([\w-]+)/gu)].map(([, role = ""]) => role),
    );
    return [...new Set(roles)].filter((role) => colours.has(role) && !EXEMPT.includes(role));
  };
  const measured = new Set(PAIRS.flat());
  const fronts = new Set(PAIRS.map(([front]) => front));
  expect(used("color").length).toBeGreaterThan(10);
  expect(used("color").filter((role) => !fronts.has(role))).toEqual([]);
  expect(used("background(?:-color)?").filter((role) => !measured.has(role))).toEqual([]);
  expect(
    [...rules.matchAll(/(?<![\w-])(?:color|background):\s*(#[0-9a-f]{3,8}|rgb)/giu)].map(([found]) => found),
  ).toEqual([]);
});

test("[WEB45] what is measured is what WCAG defines", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.478, 3);
  expect(contrast("#abcdef", "#abcdef")).toBe(1);
});
