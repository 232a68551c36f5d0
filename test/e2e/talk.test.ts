import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";

const stage = openStage({ PARLEY_LINGER_MS: "300" });

test(
  "[WEB24] two people pick names, meet in a room and talk; each sees the other's name, words and typing",
  stage.play(async (play) => {
    const mara = await play.enter("Mara Lindqvist");
    await mara.createRoom("harbour");
    await mara.page.getByText("Nobody has said anything yet").waitFor();
    const jonah = await play.enter("Jonah Okafor");
    await jonah.joinRoom("harbour");

    await mara.say("Is anybody at the pier already?");
    await jonah.hears("Is anybody at the pier already?");
    expect(await jonah.message("Is anybody at the pier already?").textContent()).toContain("Mara Lindqvist");

    await jonah.field.pressSequentially("Five min");
    await mara.page.getByRole("status").getByText("Jonah is writing").waitFor();
    await jonah.field.press("Enter");
    await mara.hears("Five min");
    await mara.page.getByText("Jonah is writing").waitFor({ state: "hidden" });

    await mara.say("One line,\nand another.");
    const lines = ["Is anybody at the pier already?", "Five min", "One line,", "and another."];
    for (const visitor of [mara, jonah]) await becomes(() => visitor.shown(lines), lines);
    await mara.log.getByText("joined").waitFor();
  }),
);

test(
  "[WEB25] who is here is seen, and whoever left is gone when their time is up",
  stage.play(async (play) => {
    const [ines, tomas] = await play.meet("presence", "Ines Duarte", "Tomas Berg");
    if (!ines || !tomas) return;
    const here = ines.page.getByRole("button", { name: "2 here" });
    await here.click();
    const details = ines.page.getByRole("region", { name: "Details" });
    await details.getByRole("button", { name: /^Tomas Berg\s?, here$/ }).waitFor();

    await tomas.page.goto("about:blank");
    await ines.page.getByRole("button", { name: "1 here" }).waitFor();
    await details.getByRole("heading", { name: "Not here" }).waitFor();

    await tomas.page.goBack();
    await details.getByRole("button", { name: /^Tomas Berg\s?, here$/ }).waitFor();
  }),
);

test(
  "[WEB26] what somebody edits or deletes changes for everybody, where it stands",
  stage.play(async (play) => {
    const [lena, rui] = await play.meet("corrections", "Lena Vogt", "Rui Costa");
    if (!lena || !rui) return;
    await lena.say("We meet at six.");
    await rui.say("Fine.");
    await lena.hears("Fine.");
    await lena.choose("We meet at six.", "Edit");
    await lena.field.fill("We meet at seven.");
    await lena.field.press("Enter");
    for (const visitor of [lena, rui]) {
      await becomes(() => visitor.shown(["We meet at seven. edited", "Fine."]), ["We meet at seven. edited", "Fine."]);
    }
    await lena.choose("We meet at seven.", "Delete");
    await lena.page
      .getByRole("dialog", { name: "Delete this message?" })
      .getByRole("button", { name: "Delete", exact: true })
      .click();
    for (const visitor of [lena, rui]) {
      await becomes(() => visitor.shown(["Removed by its author", "Fine."]), ["Removed by its author", "Fine."]);
    }
  }),
);
