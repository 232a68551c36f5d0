import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";

const stage = openStage();

test(
  "[WEB28] without a network that is said, what is written waits visibly, and is sent once and in order afterwards",
  stage.play(async (play) => {
    play.watch.lineMayBeLost = true;
    const [mara, jonah] = await play.meet("ferry", "Mara Lindqvist", "Jonah Okafor");
    if (!mara || !jonah) return;
    await mara.say("Before the tunnel.");
    await jonah.hears("Before the tunnel.");

    await mara.context.setOffline(true);
    await mara.lineIs("Offline · no network");
    const written = ["One from the tunnel.", "Two from the tunnel.", "Three from the tunnel."];
    for (const text of written) await mara.say(text);
    await mara.page.getByText("This device has no network · 3 messages wait here").waitFor();
    await mara.message("Three from the tunnel.").getByText("3 wait here, in this order").waitFor();
    const said = ["Where are you?", "We keep you a seat."];
    for (const text of said) await jonah.say(text);
    await becomes(() => jonah.shown(said), said);
    expect(await jonah.shown(written)).toEqual([]);
    expect(await mara.shown(said)).toEqual([]);

    await mara.context.setOffline(false);
    await mara.lineIs("Live · up to date");
    const all = ["Before the tunnel.", ...said, ...written];
    for (const visitor of [mara, jonah]) await becomes(() => visitor.shown(all), all);
    await mara.page.getByText("wait here").waitFor({ state: "detached" });
  }),
);

test(
  "[WEB28] what waits outlives the page, and is sent when there is a network again",
  stage.play(async (play) => {
    play.watch.lineMayBeLost = true;
    const [ines, rui] = await play.meet("patience", "Ines Duarte", "Rui Costa");
    if (!ines || !rui) return;
    await ines.context.setOffline(true);
    await ines.lineIs("Offline · no network");
    await ines.say("Written, and then the page was closed.");
    await ines.message("and then the page was closed").getByText("Waits here for the line").waitFor();
    await ines.page.close();

    await ines.context.setOffline(false);
    await ines.comeBack();
    const text = ["Written, and then the page was closed."];
    for (const visitor of [ines, rui]) await becomes(() => visitor.shown(text), text);
  }),
);
