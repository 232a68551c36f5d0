import { type Browser, chromium as driver } from "playwright-core";
import { chromium, orSkip } from "../../../tools/debian.ts";

/** Nothing of Chromium's own reaches out, and no name but this machine's own can be resolved. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider,AutofillServerCommunication",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** Where the browser is, or undefined on a machine without one: then the suite is skipped with one sentence. */
export const browserPath = await orSkip(chromium());

/** A browser of its own. */
export function openBrowser(): Promise<Browser> {
  return driver.launch({ executablePath: browserPath ?? "", args: QUIET });
}
