import { ROOT } from "../../../tools/source/tree.ts";
import { THEMES } from "../../../web/app/theme.ts";
import { secretOf } from "../../kit/node.ts";
import { DESKTOP, open, PHONE, take } from "./camera.ts";
import { inRoom, type Scene } from "./readme.ts";
import { VIEWER } from "./story.ts";
import type { Visitor } from "./visitor.ts";

const PICTURES = `${ROOT}/.parley/gallery`;

type Screen = readonly [name: string, show: (visitor: Visitor, scene: Scene) => Promise<unknown>];

const press = ({ page }: Visitor, name: string) => page.getByRole("button", { name, exact: true }).click();
const shut = ({ page }: Visitor) => page.keyboard.press("Escape");

/** In the order in which somebody walks through them; each begins where the one before it ended. */
const SCREENS: readonly Screen[] = [
  ["list", (visitor) => visitor.place("repair-cafe").waitFor()],
  ["settings", (visitor) => press(visitor, "You and settings")],
  [
    "people",
    async (visitor) => {
      await shut(visitor);
      await visitor.list.getByRole("button", { name: "Start a conversation" }).click();
      await visitor.page.getByRole("checkbox").first().waitFor();
    },
  ],
  [
    "room",
    async (visitor, scene) => {
      await shut(visitor);
      await inRoom(visitor, scene);
    },
  ],
  ["details", (visitor) => press(visitor, "Details")],
];

/** Every screen in every theme, at both widths. */
export async function takeGallery(scene: Scene): Promise<void> {
  const token = secretOf(VIEWER);
  for (const { id: theme } of THEMES) {
    for (const [width, look] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
      const size = { ...look, deviceScaleFactor: 1 };
      const path = (name: string) => `${PICTURES}/${name}-${width}-${theme}.png`;
      const first = await open(scene.browser, scene.server.url, size, { theme });
      await first.page.getByRole("textbox").fill("Ines");
      await take(first.page, path("first-visit"));
      await first.context.close();
      const visitor = await open(scene.browser, scene.server.url, size, { token, theme });
      for (const [name, show] of SCREENS) {
        await show(visitor, scene);
        await take(visitor.page, path(name));
      }
      await visitor.context.close();
    }
  }
}
