import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { timeOf } from "./story.ts";
import { Visitor } from "./visitor.ts";

export const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 };
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** What the browser kept from before. */
export interface Kept {
  token?: string;
  theme?: string;
}

/** Opens the page at the time that the story has reached; as somebody who was here before, or who never was. */
export async function open(browser: Browser, url: string, look: BrowserContextOptions, kept: Kept): Promise<Visitor> {
  const context = await browser.newContext({
    locale: "en-GB",
    timezoneId: "Europe/London",
    reducedMotion: "reduce",
    ...look,
  });
  await context.clock.setFixedTime(timeOf("20 09:38"));
  // Nobody looks, so what is new stays new.
  await context.addInitScript(({ token, theme }) => {
    document.hasFocus = () => false;
    if (token) localStorage.setItem("parley.token", token);
    if (theme) localStorage.setItem("parley.theme", theme);
  }, kept);
  const page = await context.newPage();
  await page.goto(url);
  return new Visitor(page);
}

/** Takes a picture of what is on the screen. */
export async function take(page: Page, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path });
  console.log(path);
}
