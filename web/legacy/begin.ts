import { followTheme } from "../app/theme.ts";

/** Begins a page: in the look that was chosen in the app, and in the place that the page has for it. */
export function begin(act: (place: Element) => void): void {
  followTheme();
  const place = document.querySelector("main");
  if (!place) throw new Error("The page has no main.");
  act(place);
}
