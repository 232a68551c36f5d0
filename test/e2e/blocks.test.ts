import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Opens the menu of the conversation, and picks something there. */
async function pick({ page }: Visitor, act: string): Promise<void> {
  await page.getByRole("button", { name: "Conversation menu" }).click();
  await page.getByRole("menuitem", { name: act, exact: true }).click();
}

test(
  "[WEB51] whoever is blocked is not heard and sees why, whoever blocked them is told so where they write, until they take it back",
  stage.play(async (play) => {
    const [mara, jonah] = await play.meet("quay", "Mara Lindqvist", "Jonah Okafor");
    if (!mara || !jonah) return;
    await jonah.say("Here I am.");
    await mara.message("Here I am.").getByRole("button", { name: "Jonah Okafor" }).click();
    await mara.isIn("Jonah Okafor");
    await mara.say("Hello, Jonah.");
    await jonah.open("Mara Lindqvist");
    await jonah.hears("Hello, Jonah.");

    await pick(mara, "Block");
    const question = mara.page.getByRole("dialog", { name: "Block Jonah Okafor?" });
    await question.getByRole("button", { name: "Cancel" }).click();
    await mara.field.waitFor();
    await pick(mara, "Block");
    await question.getByRole("button", { name: "Block" }).click();
    const line = mara.talk.getByText("You blocked Jonah Okafor. Unblock to write.");
    await line.waitFor();
    expect(await mara.field.count()).toBe(0);

    await jonah.say("Why so quiet?");
    await jonah.talk.getByText(/Not sent: one of you blocked the other/).waitFor();
    await mara.page.reload();
    await line.waitFor();
    expect(await mara.message("Why so quiet?").count()).toBe(0);

    await mara.talk.getByRole("button", { name: "Unblock" }).click();
    await mara.say("Sorry, wrong button.");
    await jonah.hears("Sorry, wrong button.");
    await jonah.say("No harm done.");
    await mara.hears("No harm done.");
  }),
);

test(
  "[WEB51] on a phone the same is said and taken back, by the menu as well",
  stage.play(async (play) => {
    const ines = await play.enter("Ines Duarte");
    await ines.createRoom("pier");
    await ines.say("Who is there?");
    const tomas = await play.enter("Tomas Berg", PHONE);
    await tomas.joinRoom("pier");
    await tomas.message("Who is there?").getByRole("button", { name: "Ines Duarte" }).click();
    await tomas.isIn("Ines Duarte");
    await pick(tomas, "Block");
    await tomas.page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
    const line = tomas.talk.getByText("You blocked Ines Duarte. Unblock to write.");
    await line.waitFor();
    const box = await line.boundingBox();
    const button = await tomas.talk.getByRole("button", { name: "Unblock" }).boundingBox();
    expect((box?.x ?? -1) >= 0 && (button?.x ?? 0) + (button?.width ?? 999) <= PHONE.viewport.width).toBe(true);
    await pick(tomas, "Unblock");
    await tomas.field.waitFor();
    await line.waitFor({ state: "detached" });
  }),
);
