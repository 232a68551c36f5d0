import { expect } from "bun:test";
import { faultsOf } from "./kit/faults.ts";
import { openStage, test } from "./kit/stage.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();

async function expectNoFaults({ page }: Visitor, screen: string): Promise<void> {
  expect({ screen, faults: await faultsOf(page) }).toEqual({ screen, faults: [] });
}

/** Opens something, looks at it, and closes it again. */
async function lookAt(visitor: Visitor, screen: string, open: () => Promise<void>): Promise<void> {
  await open();
  await expectNoFaults(visitor, screen);
  await visitor.page.keyboard.press("Escape");
  await visitor.page.getByRole("dialog").waitFor({ state: "detached" });
}

test(
  "[WEB34] axe finds nothing on the first visit, with a refused name, and where nothing is open",
  stage.play(async (play) => {
    const visitor = await play.visit("Mara Lindqvist");
    await expectNoFaults(visitor, "first visit");
    await visitor.page.getByRole("button", { name: "Come in" }).click();
    await visitor.page.getByRole("alert").waitFor();
    await expectNoFaults(visitor, "refused name");
    await visitor.comeIn("Mara Lindqvist");
    await expectNoFaults(visitor, "nothing open");
    await visitor.page.evaluate(() => document.querySelector("main")?.append(document.createElement("button")));
    expect(await faultsOf(visitor.page)).toContainEqual("nord-light: button-name: <button></button>");
  }),
);

test(
  "[WEB34] axe finds nothing in a room: empty, full of all kinds of lines, with details, without a network",
  stage.play(async (play) => {
    play.watch.lineMayBeLost = true;
    const [ines, rui] = await play.meet("all-kinds", "Ines Duarte", "Rui Costa");
    if (!ines || !rui) return;
    await expectNoFaults(ines, "empty room");
    await ines.say("First, with a link: https://example.org/");
    await rui.hears("First, with a link");
    await rui.createRoom("elsewhere");
    await ines.say("@rui.costa this is for you.");
    await ines.say("This will be removed.");
    await ines.choose("This will be removed.", "Delete");
    await ines.page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await rui.place("all-kinds").getByText("Mentions of you: 1").waitFor();
    await expectNoFaults(rui, "unread in the list");
    await rui.open("all-kinds");
    await rui.log.getByText(/^\d new$/).waitFor();
    await ines.field.pressSequentially("Hm");
    await rui.page.getByText("Ines is writing").waitFor();
    await rui.page.getByRole("button", { name: "Details", exact: true }).click();
    await expectNoFaults(rui, "room with details");
    await rui.context.setOffline(true);
    await rui.lineIs("Offline · no network");
    await rui.say("Waits here.");
    await rui.message("Waits here.").getByText("Waits here for the line").waitFor();
    await expectNoFaults(rui, "no network");
  }),
);

test(
  "[WEB34] axe finds nothing in any dialog or menu",
  stage.play(async (play) => {
    const [lena] = await play.meet("dialogs", "Lena Vogt", "Tomas Berg");
    if (!lena) return;
    const { page, list } = lena;
    await lena.say("Something.");
    await lena.hears("Something.");
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
    const pick = (name: string) => page.getByRole("menuitem", { name }).click();
    await lookAt(lena, "create a room", async () => {
      await press("New conversation");
      await pick("Create a room");
    });
    await lookAt(lena, "all rooms", async () => {
      await list.getByRole("button", { name: "All rooms" }).click();
      await page.getByRole("button", { name: "Open dialogs" }).waitFor();
    });
    await lookAt(lena, "start a conversation", async () => {
      await list.getByRole("button", { name: "Start a conversation" }).click();
      await page.getByRole("checkbox").first().waitFor();
    });
    await lookAt(lena, "jump to", async () => {
      await page.keyboard.press("Control+k");
      await page.getByRole("option").first().waitFor();
    });
    await lookAt(lena, "room menu", () => press("Room menu"));
    await lookAt(lena, "settings", () => press("You and settings"));
    await lookAt(lena, "message menu", () => lena.choose("Something.", "More"));
    await lookAt(lena, "delete a message", () => lena.choose("Something.", "Delete"));
  }),
);

test(
  "[WEB34] axe finds nothing on a phone, neither in the list nor in a talk between two",
  stage.play(async (play) => {
    const mara = await play.enter("Jonah Okafor");
    await mara.createRoom("pocket");
    await mara.say("Hello from the desk.");
    const phone = await play.enter("Hana Sato", {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await phone.joinRoom("pocket");
    await phone.message("Hello from the desk.").getByRole("button", { name: "Jonah Okafor" }).tap();
    await phone.isIn("Jonah Okafor");
    await phone.say("Hello from the pocket.");
    await phone.message("Hello from the pocket.").getByText("Delivered").waitFor();
    await expectNoFaults(phone, "talk on a phone");
    await lookAt(phone, "details of a message on a phone", async () => {
      await phone.details("Hello from the pocket.");
      await phone.page.getByRole("dialog").getByText("Jonah Okafor").waitFor();
    });
    await phone.page.getByRole("button", { name: "Back to conversations" }).tap();
    await expectNoFaults(phone, "list on a phone");
  }),
);
