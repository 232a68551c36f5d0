import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";

const stage = openStage();

test(
  "[WEB31] a dot is news, a number is for this person, and both go when the conversation is seen",
  stage.play(async (play) => {
    const [mara, jonah] = await play.meet("news", "Mara Lindqvist", "Jonah Okafor");
    if (!mara || !jonah) return;
    await jonah.createRoom("quiet");
    await mara.say("Nothing urgent.");
    const row = jonah.place("news");
    await row.getByTitle("New messages").waitFor();
    expect(await jonah.page.title()).toBe("#quiet · Parley");
    await mara.say("@jonah.okafor can you look at this?");
    await row.getByText("Mentions of you: 1").waitFor();
    await becomes(() => jonah.page.title(), "(1) #quiet · Parley");

    await jonah.open("news");
    await jonah.hears("can you look at this?");
    await row.getByText("Mentions of you").waitFor({ state: "detached" });
    await jonah.open("quiet");
    await row.getByTitle("New messages").waitFor({ state: "detached" });
    await becomes(() => jonah.page.title(), "#quiet · Parley");
  }),
);

test(
  "[WEB3] whoever comes back to a room finds a line above what is new, with its number",
  stage.play(async (play) => {
    const [ines, rui] = await play.meet("line", "Ines Duarte", "Rui Costa");
    if (!ines || !rui) return;
    await ines.say("Seen by both.");
    await rui.hears("Seen by both.");
    await rui.createRoom("elsewhere");
    await ines.say("First new one.");
    await ines.say("Second new one, @rui.costa.");
    await rui.place("line").getByText("Mentions of you: 1").waitFor();

    await rui.open("line");
    const lines = async () => {
      const [text = ""] = await rui.log.allInnerTexts();
      return text.split("\n").filter((line) => /^(Seen by|First new|Second new|\d new)/.test(line));
    };
    const all = ["Seen by both.", "2 new", "First new one.", "Second new one, @rui.costa."];
    await becomes(lines, all);
    await rui.open("elsewhere");
    await rui.open("line");
    await becomes(
      lines,
      all.filter((line) => line !== "2 new"),
    );
  }),
);
