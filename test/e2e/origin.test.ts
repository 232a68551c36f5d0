import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();

/** Opens everything that can be opened. */
async function lookAround({ page, list }: Visitor): Promise<void> {
  for (const [button, item] of [
    ["New conversation", "All rooms"],
    ["New conversation", "Start a conversation"],
    ["Room menu", "Add people"],
    ["Room menu", "Rename"],
  ] as const) {
    await page.getByRole("button", { name: button, exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await page.getByRole("button", { name: "You and settings" }).click();
  await page.getByRole("radio", { name: "Aurora" }).check();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog", { name: "Sign out?" }).waitFor();
  await page.keyboard.press("Escape");
  await list.getByRole("button", { name: "Jump to" }).click();
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Details", exact: true }).click();
  await page.getByRole("region", { name: "Details" }).waitFor();
}

test(
  "[WEB19] from the first visit to the last dialog nothing is asked of another origin, and no page complains",
  stage.play(async (play) => {
    const [mara, jonah] = await play.meet("everything", "Mara Lindqvist", "Jonah Okafor");
    if (!mara || !jonah) return;
    await mara.say("Here, https://example.org/picture.png and 👩‍🚀 and 日本語 and العربية.");
    await jonah.hears("https://example.org/picture.png");
    await lookAround(mara);
    await jonah.page.reload();
    await jonah.isIn("everything");
    expect(play.watch.noted).toEqual([]);
  }),
);

test(
  "[WEB19] a page that would ask elsewhere, run something inline or throw is noticed by this suite",
  stage.play(async (play) => {
    const { page } = await play.visit("nobody");
    const { noted } = play.watch;
    const notices = async (what: RegExp, act: () => Promise<unknown>) => {
      noted.length = 0;
      await act();
      const until = Date.now() + 5_000;
      while (!noted.some((note) => what.test(note)) && Date.now() < until) await Bun.sleep(10);
      expect(noted.filter((note) => what.test(note))).not.toEqual([]);
    };
    await notices(/policy: script-src/, () =>
      page.evaluate(() => {
        document.body.append(Object.assign(document.createElement("script"), { textContent: "1" }));
      }),
    );
    await notices(/policy: img-src|policy: default-src/, () =>
      page.evaluate(() => {
        new Image().src = "http://elsewhere.example/pixel.png";
      }),
    );
    await notices(/error: .*thrown/, () =>
      page.evaluate(() => {
        setTimeout(() => {
          throw new Error("thrown");
        });
      }),
    );
    await notices(/console: said/, () => page.evaluate(() => console.error("said")));
    await notices(/asked: http:\/\/elsewhere\.example/, () => page.goto("http://elsewhere.example/").catch(() => {}));
    noted.length = 0;
  }),
);
