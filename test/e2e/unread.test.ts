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
    for (const text of ["First new one.", "Second new one."]) await ines.say(text);
    await rui.place("line").getByTitle("New messages").waitFor();

    await rui.open("line");
    await rui.hears("Second new one.");
    const texts = async () =>
      (await rui.log.innerText()).split("\n").filter((text) => /^(Seen by|First new|Second new|2 new)/.test(text));
    await becomes(texts, ["Seen by both.", "2 new", "First new one.", "Second new one."]);
    await rui.open("elsewhere");
    await rui.open("line");
    await becomes(texts, ["Seen by both.", "First new one.", "Second new one."]);
  }),
);
