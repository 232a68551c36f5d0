import { keep } from "./keep.ts";

/** The looks that a person may choose, in the order of the menu. */
export const THEMES = [
  { id: "nord-dark", name: "Nord dark" },
  { id: "nord-light", name: "Nord light" },
  { id: "crimson", name: "Crimson" },
  { id: "aurora", name: "Aurora" },
  { id: "contrast", name: "High contrast" },
] as const;

export type Theme = (typeof THEMES)[number]["id"];

const NAME = "parley.theme";
const CONTRAST = "(prefers-contrast: more)";
const LIGHT = "(prefers-color-scheme: light)";

/** What the system asks for, where nobody chose. */
export function systemTheme(matches: (query: string) => boolean): Theme {
  if (matches(CONTRAST)) return "contrast";
  return matches(LIGHT) ? "nord-light" : "nord-dark";
}

/** The chosen theme; null follows the system. */
export function chosenTheme(): Theme | null {
  const kept = keep.get(NAME);
  return THEMES.find((theme) => theme.id === kept)?.id ?? null;
}

function show(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--bg-side").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", ground);
}

function showCurrent(): void {
  show(chosenTheme() ?? systemTheme((query) => matchMedia(query).matches));
}

/** Chooses a theme for this browser, or follows the system again. */
export function chooseTheme(theme: Theme | null): void {
  keep.set(NAME, theme);
  showCurrent();
}

/** Shows the theme, and follows the system for as long as nobody chose. */
export function startTheme(): void {
  showCurrent();
  for (const query of [CONTRAST, LIGHT]) matchMedia(query).addEventListener("change", showCurrent);
}
