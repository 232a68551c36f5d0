import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";

const stage = openStage();

test(
  "[WEB27] a click on a person leads to the talk between the two, where the writer sees when it was read",
  stage.play(async (play) => {
    const [mara, jonah] = await play.meet("lobby", "Mara Lindqvist", "Jonah Okafor");
    if (!mara || !jonah) return;
    await jonah.say("Here I am.");
    await mara.message("Here I am.").getByRole("button", { name: "Jonah Okafor" }).click();
    await mara.isIn("Jonah Okafor");
    await mara.say("Between the two of us: well done.");
    await mara.message("well done").getByText("Delivered").waitFor();

    const place = jonah.list.getByRole("link", { name: "Mara Lindqvist" });
    await place.getByText("Messages to you: 1").waitFor();
    expect(await mara.page.getByText("Read", { exact: true }).count()).toBe(0);
    await place.click();
    await jonah.hears("Between the two of us: well done.");
    await place.getByText("Messages to you").waitFor({ state: "detached" });
    await mara.message("well done").getByText("Read", { exact: true }).waitFor();
    await mara.page.getByText("Here now").waitFor();
  }),
);
