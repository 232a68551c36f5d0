import { keep } from "./keep.ts";

/** The looks that a person may choose, in the order of the settings. */
export const THEMES = [
  { id: "nord-dark", name: "Nord dark", about: "Slate evening" },
  { id: "nord-light", name: "Nord light", about: "Paper in daylight" },
  { id: "crimson", name: "Crimson", about: "Near black, red" },
  { id: "aurora", name: "Aurora", about: "Night over water" },
  { id: "contrast", name: "High contrast", about: "Every edge drawn" },
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

/** Shows the chosen theme, or the one that the system asks for. */
export function showTheme(): void {
  const root = document.documentElement;
  const theme = chosenTheme() ?? systemTheme((query) => matchMedia(query).matches);
  if (root.dataset.theme === theme) return;
  // Colours that would fade into the new ones are there at once.
  root.toggleAttribute("data-switching", root.dataset.theme !== undefined);
  root.dataset.theme = theme;
  const ground = getComputedStyle(root).getPropertyValue("--bg-side").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", ground);
  if (root.hasAttribute("data-switching")) setTimeout(() => root.removeAttribute("data-switching"), 50);
}

/** Chooses a theme for this browser, or follows the system again. */
export function chooseTheme(theme: Theme | null): void {
  keep.set(NAME, theme);
  showTheme();
}

/** Keeps showing the theme: as chosen here or in another tab, and as the system asks where nobody chose. */
export function followTheme(): void {
  showTheme();
  for (const query of [CONTRAST, LIGHT]) matchMedia(query).addEventListener("change", showTheme);
  window.addEventListener("storage", ({ key }) => {
    if (key === NAME || key === null) showTheme();
  });
}
