import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { palettesIn, styles } from "../../web/styles/palette.ts";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();
const PALETTES = palettesIn(styles("tokens.css"));

/** What a theme makes of the page and of the browser around it. */
function shown(page: Page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const { colorScheme } = getComputedStyle(root);
    const around = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')?.content;
    return {
      theme: root.dataset.theme,
      ground: document.body && getComputedStyle(document.body).backgroundColor,
      colorScheme,
      // What builds the page says `#000000` in fewer letters.
      around: around?.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3").toLowerCase(),
    };
  });
}

function looksOf(theme: string, colorScheme = "dark") {
  const colour = (role: string) => PALETTES.get(theme)?.get(role) ?? "";
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour("bg").slice(at, at + 2), 16));
  return { theme, ground: `rgb(${red}, ${green}, ${blue})`, colorScheme, around: colour("bg-side").toLowerCase() };
}

async function settings({ page }: Visitor): Promise<void> {
  await page.getByRole("button", { name: "You and settings" }).click();
  await page.getByRole("dialog", { name: "You and settings" }).waitFor();
}

const pick = ({ page }: Visitor, name: string) => page.getByRole("radio", { name }).check();

/** Has everything come from the server again, where a test can hold it. */
async function withoutWorker({ page }: Visitor): Promise<void> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).unregister());
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "serviceWorker"));
}

/** Where everything stands. */
function places(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.body.querySelectorAll("*")].map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return `${one.tagName}.${one.getAttribute("class")} ${[x, y, width, height].map(Math.round)}`;
    }),
  );
}

test(
  "[WEB44] a theme is chosen with the keyboard, shows at once in all tabs, and is there when one comes back",
  stage.play(async (play) => {
    const mara = await play.enter("Mara Lindqvist", { colorScheme: "light" });
    expect(await shown(mara.page)).toEqual(looksOf("nord-light", "light"));
    const second = await mara.context.newPage();
    await second.goto(mara.page.url());
    await settings(mara);
    expect(await mara.page.evaluate(() => document.activeElement?.closest("label")?.textContent)).toContain("system");
    for (const [theme, scheme] of [["nord-dark"], ["nord-light", "light"], ["crimson"], ["aurora"]] as const) {
      await mara.page.keyboard.press("ArrowRight");
      expect(await shown(mara.page)).toEqual(looksOf(theme, scheme));
    }
    await becomes(() => shown(second), looksOf("aurora"));
    await mara.page.reload();
    expect(await shown(mara.page)).toEqual(looksOf("aurora"));
    await second.goto(`${stage.url}/legacy/plain/`);
    expect(await shown(second)).toEqual(looksOf("aurora"));
    await settings(mara);
    await pick(mara, "Like the system");
    expect(await shown(mara.page)).toEqual(looksOf("nord-light", "light"));
    for (const page of [mara.page, second]) await page.emulateMedia({ colorScheme: "dark" });
    for (const page of [mara.page, second]) await becomes(() => shown(page), looksOf("nord-dark"));
    await mara.page.emulateMedia({ contrast: "more" });
    await becomes(() => shown(mara.page), looksOf("contrast"));
  }),
);

test(
  "[WEB44] the chosen theme is there before anything is drawn, while the app is still on its way",
  stage.play(async (play) => {
    const jonah = await play.enter("Jonah Okafor", { colorScheme: "light" });
    await withoutWorker(jonah);
    await settings(jonah);
    await pick(jonah, "Crimson");
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await jonah.page.route(/\/assets\/index-.*\.js$/, async (route) => {
      await held;
      await route.continue();
    });
    await jonah.page.reload({ waitUntil: "commit" });
    await becomes(() => shown(jonah.page), looksOf("crimson"));
    expect(await jonah.page.locator("#root").innerHTML()).toBe("");
    release();
    await jonah.list.waitFor();
    expect(await shown(jonah.page)).toEqual(looksOf("crimson"));
  }),
);

test(
  "[WEB44] another theme moves nothing and fades nowhere",
  stage.play(async (play) => {
    const [ines] = await play.meet("steady", "Ines Duarte", "Rui Costa");
    if (!ines) return;
    await ines.page.emulateMedia({ reducedMotion: "no-preference" });
    await ines.say("Here I stand.");
    await ines.hasSent("Here I stand.");
    await settings(ines);
    await pick(ines, "Nord light");
    await ines.page
      .getByRole("dialog")
      .evaluate((one) => Promise.all(one.getAnimations().map((each) => each.finished)));
    const before = await places(ines.page);
    for (const name of ["Crimson", "Aurora", "High contrast", "Nord dark"]) {
      const fades = await ines.page.evaluate((name) => {
        const labels = [...document.querySelectorAll("label")];
        labels
          .find((label) => label.textContent?.includes(name))
          ?.querySelector("input")
          ?.click();
        const button = document.querySelector(".dialog footer .btn.primary");
        const now = button && getComputedStyle(button).backgroundColor;
        return button?.getAnimations().length === 0 && now === getComputedStyle(button).backgroundColor ? [] : [name];
      }, name);
      expect(fades).toEqual([]);
      expect(await places(ines.page)).toEqual(before);
    }
  }),
);

test(
  "[WEB44] whoever wants less motion sees none, in no theme",
  stage.play(async (play) => {
    const [hana, tomas] = await play.meet("quiet-water", "Hana Sato", "Tomas Berg");
    if (!hana || !tomas) return;
    await settings(hana);
    await pick(hana, "Aurora");
    await hana.page.keyboard.press("Escape");
    await tomas.field.pressSequentially("Hm");
    await hana.page.getByText("Tomas is writing").waitFor();
    const moving = () =>
      hana.page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
    await becomes(moving, 0);
    await hana.page.emulateMedia({ reducedMotion: "no-preference" });
    await becomes(async () => (await moving()) > 0, true);
  }),
);
