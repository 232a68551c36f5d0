// The pictures of the README and of every theme, taken from a real server in a real browser: `npm run screenshots`.
// `npm run screenshots gallery` takes all screens in all themes instead, to look at, and keeps them out of the clone.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { openBrowser } from "./kit/browser.ts";
import { takeGallery } from "./kit/gallery.ts";
import { takeReadme } from "./kit/readme.ts";
import { tell, timeOf } from "./kit/story.ts";

const data = temporaryFolder();
const clock = `${data.path}/clock`;
const setClock = (time: number) => writeFileSync(clock, String(time));
setClock(timeOf("19 09:00"));
const preload = fileURLToPath(new URL("kit/told-clock.ts", import.meta.url));
const env = { TOLD_CLOCK: clock };
const server = new ServerProcess({ port: await freePort(), data: `${data.path}/data`, env, preload });
const browser = await openBrowser();
try {
  await server.start();
  const people = await tell(server.url, setClock);
  const tomas = people.get("Tomas Berg");
  const room = tomas?.conversations().find((view) => view.name === "repair-cafe")?.id ?? 0;
  const typing = () => tomas?.typing(room, true);
  const take = process.argv[2] === "gallery" ? takeGallery : takeReadme;
  await take({ browser, server, typing });
  for (const person of people.values()) person.disconnect();
} finally {
  await browser.close();
  await server.kill();
  data.remove();
}
