import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { THEMES } from "../../../web/app/theme.ts";
import { secretOf } from "../../kit/node.ts";
import type { ServerProcess } from "../../kit/process.ts";
import { DESKTOP, open, PHONE, take } from "./camera.ts";
import { VIEWER } from "./story.ts";
import type { Visitor } from "./visitor.ts";

const PICTURES = fileURLToPath(new URL("../../../docs/pictures", import.meta.url));

/** A told story on a server, and what takes pictures of it. */
export interface Scene {
  browser: Browser;
  server: ServerProcess;
  /** Has somebody begin to write in the room. */
  typing(): void;
}

async function keep({ page }: Visitor, name: string): Promise<void> {
  await take(page, `${PICTURES}/${name}.png`);
  await page.context().close();
}

/** Goes to the room where most happens. */
export async function inRoom(visitor: Visitor, { typing }: Scene): Promise<Visitor> {
  typing();
  await visitor.place("repair-cafe").click();
  await visitor.hears("Since a minute ago, yes.");
  await visitor.log.getByText("2 new").waitFor();
  await visitor.page.getByText("Tomas is writing").waitFor();
  return visitor;
}

/** What the README shows, and a room in every theme. */
export async function takeReadme(scene: Scene): Promise<void> {
  const { browser, server } = scene;
  const token = secretOf(VIEWER);
  const first = await open(browser, server.url, DESKTOP, { theme: "nord-dark" });
  await first.page.getByRole("textbox").fill("Ines");
  await keep(first, "first-visit");
  for (const { id: theme } of THEMES) {
    for (const [width, look] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
      const visitor = await open(browser, server.url, { ...look, deviceScaleFactor: 1.5 }, { token, theme });
      await keep(await inRoom(visitor, scene), `room-${theme}-${width}`);
    }
  }
  await takeOffline(scene, await open(browser, server.url, DESKTOP, { token, theme: "nord-dark" }));
}

async function takeOffline(scene: Scene, offline: Visitor): Promise<void> {
  await inRoom(offline, scene);
  await scene.server.kill();
  await offline.lineIs(/retry/);
  for (const text of ["The hall is open.", "The coffee is on.", "You may get this late, the line is weak in here."]) {
    await offline.say(text);
  }
  await offline.lineIs(/retry [3-9] s/);
  await keep(offline, "offline");
}
