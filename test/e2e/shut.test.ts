import { expect } from "bun:test";
import { enter } from "../kit/replicas.ts";
import { scrollUp } from "./kit/scroll.ts";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();

/** The browser has kept the page, and the page what was said. */
async function settled({ page }: Visitor): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.waitForTimeout(700);
}

test(
  "[WEB37] with the server gone the app opens from what it kept; what is written then survives a closed tab, and is sent once",
  stage.play(async (play) => {
    play.watch.lineMayBeLost = true;
    const [mara, jonah] = await play.meet("harbour", "Mara Lindqvist", "Jonah Okafor");
    if (!mara || !jonah) return;
    const said = ["Said while all was well.", "And heard."];
    await mara.say("Said while all was well.");
    await jonah.hears("Said while all was well.");
    await jonah.say("And heard.");
    await becomes(() => mara.shown(said), said);
    await settled(mara);
    await stage.killServer();
    await mara.context.setOffline(true);

    await mara.page.reload();
    await mara.isIn("harbour");
    await becomes(() => mara.shown(said), said);
    await mara.list.getByText("Mara Lindqvist").waitFor();
    await mara.message("And heard.").getByText("Jonah Okafor").waitFor();
    await mara.lineIs(/^Offline/);
    await mara.page.getByText(/^The line went quiet at/).waitFor();

    const written = ["Written in a reopened tab.", "And another."];
    for (const text of written) await mara.say(text);
    await mara.message("And another.").getByText("2 wait here, in this order").waitFor();
    await mara.page.close();
    await mara.comeBack();
    await mara.message("And another.").getByText("2 wait here, in this order").waitFor();
    await becomes(() => mara.shown(said), said);
    await mara.page.close();

    await mara.context.setOffline(false);
    await stage.startServer();
    await mara.comeBack();
    const all = [...said, ...written];
    for (const visitor of [mara, jonah]) await becomes(() => visitor.shown(all), all);
    await mara.page.getByText("wait here").waitFor({ state: "detached" });
    await mara.page.reload();
    await mara.lineIs("Live · up to date");
    await becomes(() => mara.shown(all), all);
  }),
);

test(
  "[WEB37] a reload asks only for what is new",
  stage.play(async (play) => {
    const [ines] = await play.meet("ledger", "Ines Duarte");
    if (!ines) return;
    const other = await enter(stage.url, "Rui Costa");
    const room = (await other.call("list_rooms", { query: "ledger" })).rooms[0]?.id ?? 0;
    await other.join(room);
    await Promise.all(Array.from({ length: 300 }, (_, at) => other.post(room, `Line ${at} of the ledger.`).sent));
    await ines.hears("Line 299 of the ledger.");
    await settled(ines);
    const bytes = { in: 0, out: 0 };
    ines.page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        bytes.in += payload.length;
      });
      socket.on("framesent", ({ payload }) => {
        bytes.out += payload.length;
      });
    });
    await ines.page.reload();
    await ines.hears("Line 299 of the ledger.");
    await ines.lineIs("Live · up to date");
    console.log(`a reload with 300 messages held: ${bytes.in} bytes in, ${bytes.out} bytes out`);
    expect(bytes.in).toBeGreaterThan(100);
    expect(bytes.in).toBeLessThan(4000);
    other.disconnect();
  }),
);

test(
  "[WEB39] whoever was away for long sees how much is not loaded, and gets it a page at a time when they look there",
  stage.play(async (play) => {
    const [lena] = await play.meet("flood", "Lena Vogt");
    if (!lena) return;
    await lena.say("Before the holidays.");
    await lena.hears("Before the holidays.");
    await settled(lena);
    await lena.page.close();
    const other = await enter(stage.url, "Piet Kramer");
    const room = (await other.call("list_rooms", { query: "flood" })).rooms[0]?.id ?? 0;
    await other.join(room);
    await Promise.all(Array.from({ length: 1500 }, (_, at) => other.post(room, `Line ${at} of the flood.`).sent));
    other.disconnect();

    const asked: unknown[] = [];
    lena.context.once("page", (page) =>
      page.on("websocket", (socket) =>
        socket.on("framesent", ({ payload }) => {
          asked.push(...JSON.parse(String(payload)).filter(({ t }: { t: string }) => t === "history"));
        }),
      ),
    );
    await lena.comeBack();
    await lena.hears("Line 1499 of the flood.");
    await lena.lineIs("Live · up to date");
    await settled(lena);
    expect(asked.length).toBeLessThan(4);
    const hole = lena.page.getByText(/^1,\d\d\d messages not loaded$/).first();
    const looks = async () => {
      await lena.log.evaluate((log) => log.scrollTo(0, 0));
      return hole.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    };
    await becomes(looks, true);
    await settled(lena);
    expect(asked.length).toBeLessThan(8);
    await lena.page.evaluate(scrollUp, { step: 300, end: "This is the beginning." });
    await lena.hears("Before the holidays.");
    // The smallest hole that fits the words above, in the largest pages.
    expect(asked.length).toBeGreaterThanOrEqual(1300 / 100);
  }),
);

test(
  "[WEB38] signing out in one tab signs out in the other, and leaves nothing to read",
  stage.play(async (play) => {
    const [tomas] = await play.meet("secrets", "Tomas Berg");
    if (!tomas) return;
    await tomas.say("Nobody else may read this.");
    await tomas.hears("Nobody else may read this.");
    const second = await tomas.context.newPage();
    await second.goto(tomas.page.url());
    await second.getByText("Nobody else may read this.").waitFor();
    await settled(tomas);

    await tomas.page.getByRole("button", { name: "You and settings", exact: true }).click();
    await tomas.page.getByRole("button", { name: "Sign out" }).click();
    await tomas.page.getByRole("dialog", { name: "Sign out?" }).getByRole("button", { name: "Sign out" }).click();
    for (const page of [tomas.page, second]) {
      await page.getByRole("textbox", { name: "What should people call you?" }).waitFor();
    }
    await second.waitForTimeout(700);
    const kept = await second.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open("parley");
        opening.onsuccess = () => resolve(opening.result);
      });
      const all = database.transaction("values").objectStore("values").getAll();
      await new Promise((resolve) => {
        all.onsuccess = resolve;
      });
      return [JSON.stringify(all.result), localStorage.getItem("parley.token")];
    });
    expect(kept).toEqual(["[]", null]);
  }),
);
