import { followTheme } from "../app/theme.ts";

followTheme();
