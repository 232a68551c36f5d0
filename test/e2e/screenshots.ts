// The pictures of the README, taken from a real server in a real browser: `npm run screenshots`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { secretOf } from "../kit/node.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { openBrowser } from "./kit/browser.ts";
import { tell, timeOf, VIEWER } from "./kit/story.ts";
import { Visitor } from "./kit/visitor.ts";

const PICTURES = fileURLToPath(new URL("../../docs/pictures", import.meta.url));
const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** Opens the page at the time that the story has reached; as the viewer, or as somebody who was never here. */
async function open(browser: Browser, url: string, look: BrowserContextOptions, token?: string): Promise<Visitor> {
  const context = await browser.newContext({
    locale: "en-GB",
    timezoneId: "Europe/London",
    reducedMotion: "reduce",
    ...look,
  });
  await context.clock.setFixedTime(timeOf("20 09:38"));
  // Nobody looks, so what is new stays new.
  await context.addInitScript((kept) => {
    document.hasFocus = () => false;
    if (kept) localStorage.setItem("parley.token", kept);
  }, token);
  const page = await context.newPage();
  await page.goto(url);
  return new Visitor(page);
}

async function keep(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
  await page.context().close();
  console.log(`docs/pictures/${name}.png`);
}

async function inRoom(visitor: Visitor): Promise<Visitor> {
  await visitor.place("repair-cafe").click();
  await visitor.hears("Since a minute ago, yes.");
  await visitor.log.getByText("2 new").waitFor();
  await visitor.page.getByText("Tomas is writing").waitFor();
  return visitor;
}

async function takeAll(browser: Browser, server: ServerProcess, url: string, typing: () => void): Promise<void> {
  const token = secretOf(VIEWER);
  const first = await open(browser, url, { ...DESKTOP, colorScheme: "dark" });
  await first.page.getByRole("textbox").fill("Ines");
  await keep(first.page, "first-visit");
  for (const colorScheme of ["dark", "light"] as const) {
    const desk = await open(browser, url, { ...DESKTOP, colorScheme }, token);
    typing();
    await inRoom(desk);
    await desk.page.getByRole("button", { name: /^\d here$/ }).waitFor();
    await keep(desk.page, `room-desktop-${colorScheme}`);
  }
  const phone = await open(browser, url, { ...PHONE, colorScheme: "dark" }, token);
  typing();
  await inRoom(phone);
  await keep(phone.page, "room-phone");
  const offline = await open(browser, url, { ...DESKTOP, colorScheme: "dark" }, token);
  typing();
  await inRoom(offline);
  await server.kill();
  await offline.lineIs(/retry/);
  for (const text of ["The hall is open.", "The coffee is on.", "You may get this late, the line is weak in here."]) {
    await offline.say(text);
  }
  await offline.lineIs(/retry [3-9] s/);
  await keep(offline.page, "offline");
}

const data = temporaryFolder();
const clock = `${data.path}/clock`;
const setClock = (time: number) => writeFileSync(clock, String(time));
setClock(timeOf("19 09:00"));
const preload = fileURLToPath(new URL("kit/told-clock.ts", import.meta.url));
const env = { TOLD_CLOCK: clock };
const server = new ServerProcess({ port: await freePort(), data: `${data.path}/data`, env, preload });
const browser = await openBrowser();
try {
  mkdirSync(PICTURES, { recursive: true });
  await server.start();
  const people = await tell(server.url, setClock);
  const tomas = people.get("Tomas Berg");
  const room = tomas?.conversations().find((view) => view.name === "repair-cafe")?.id ?? 0;
  const typing = () => tomas?.typing(room, true);
  await takeAll(browser, server, server.url, typing);
  for (const person of people.values()) person.disconnect();
} finally {
  await browser.close();
  await server.kill();
  data.remove();
}
