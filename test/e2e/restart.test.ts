import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";

const stage = openStage();

test(
  "[WEB29] after the server was killed and started again both are back by themselves, with everything once",
  stage.play(async (play) => {
    play.watch.lineMayBeLost = true;
    const [mara, jonah] = await play.meet("storm", "Mara Lindqvist", "Jonah Okafor");
    if (!mara || !jonah) return;
    const before = ["Said before the power went.", "Heard it."];
    await mara.say("Said before the power went.");
    await jonah.hears("Said before the power went.");
    await jonah.say("Heard it.");
    await becomes(() => mara.shown(before), before);

    await stage.killServer();
    for (const visitor of [mara, jonah]) await visitor.lineIs(/^Offline · retry \d+ s$/);
    await mara.say("Written in the dark by Mara.");
    await jonah.say("Written in the dark by Jonah.");
    await mara.page.getByText(/Reconnecting (in \d+ s|now) · 1 message waits here/).waitFor();

    await stage.startServer();
    for (const visitor of [mara, jonah]) await visitor.lineIs("Live · up to date");
    await mara.hears("Written in the dark by Jonah.");
    await jonah.hears("Written in the dark by Mara.");
    const all = [...before, "Written in the dark by Mara.", "Written in the dark by Jonah."];
    await becomes(async () => (await mara.shown(all)).toSorted(), all.toSorted());
    expect(await jonah.shown(all)).toEqual(await mara.shown(all));
    await mara.say("And on we go.");
    await jonah.hears("And on we go.");
  }),
);

test(
  "[WEB30] a reload finds the person, the place, what was said and what was half written",
  stage.play(async (play) => {
    const [ines, rui] = await play.meet("reload", "Ines Duarte", "Rui Costa");
    if (!ines || !rui) return;
    const said = ["Good morning.", "And to you."];
    await ines.say("Good morning.");
    await rui.hears("Good morning.");
    await rui.say("And to you.");
    await becomes(() => ines.shown(said), said);
    await ines.field.fill("I was about to say");

    await ines.page.reload();
    await ines.isIn("reload");
    await ines.lineIs("Live · up to date");
    await becomes(() => ines.shown(said), said);
    await becomes(() => ines.field.inputValue(), "I was about to say");
    await ines.list.getByText("Ines Duarte").waitFor();
  }),
);

test(
  "[WEB32] a refused message says why, waits for a decision, and is sent again when asked",
  stage.play(async (play) => {
    play.watch.lineMayBeLost = true;
    const [lena, tomas] = await play.meet("limits", "Lena Vogt", "Tomas Berg");
    if (!lena || !tomas) return;
    const long = "A sentence that the server takes today, and that is too long for it tomorrow.";
    await lena.context.setOffline(true);
    await lena.lineIs("Offline · no network");
    await lena.say(long);
    await lena.message(long).getByText("Waits here for the line").waitFor();
    await stage.killServer();
    await stage.startServer({ PARLEY_MAX_TEXT: "40" });
    await lena.context.setOffline(false);
    await lena
      .message(long)
      .getByText(/^Not sent: a message has at most 40 characters/)
      .waitFor();
    await lena.say("A short one goes through.");
    await tomas.hears("A short one goes through.");

    await stage.killServer();
    await stage.startServer();
    await lena.lineIs("Live · up to date");
    await lena.message(long).getByRole("button", { name: "Retry" }).click();
    await tomas.hears(long);
    await lena.page.getByText("Not sent").waitFor({ state: "detached" });
    const all = ["A short one goes through.", long];
    for (const visitor of [lena, tomas]) await becomes(() => visitor.shown(all), all);
  }),
);
