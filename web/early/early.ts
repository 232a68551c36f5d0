import { showTheme } from "../app/theme.ts";

// Runs before the first paint, so that nobody sees a theme that they did not choose.
showTheme();
