import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";

const stage = openStage();
const READ = /^Read \d\d:\d\d/;

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
    expect(await mara.page.getByText(READ).count()).toBe(0);
    await place.click();
    await jonah.hears("Between the two of us: well done.");
    await place.getByText("Messages to you").waitFor({ state: "detached" });
    await mara.message("well done").getByText(READ).waitFor();
    await mara.page.getByText("Here now").waitFor();
  }),
);

test(
  "[WEB40] when a message was read is said at once and after a reload",
  stage.play(async (play) => {
    const [ines, tomas] = await play.meet("harbour", "Ines Duarte", "Tomas Berg");
    if (!ines || !tomas) return;
    await tomas.say("Here I am.");
    await ines.message("Here I am.").getByRole("button", { name: "Tomas Berg" }).click();
    await ines.isIn("Tomas Berg");
    await ines.say("Did you see the map?");
    await ines
      .message("the map")
      .getByText(/^Delivered \d\d:\d\d/)
      .waitFor();
    await tomas.open("Ines Duarte");
    await ines.message("the map").getByText(READ).waitFor();
    const said = await ines.message("the map").getByText(READ).textContent();
    await ines.page.reload();
    await ines.message("the map").getByText(READ).waitFor();
    expect(await ines.message("the map").getByText(READ).textContent()).toBe(said);
  }),
);

test(
  "[WEB41] the details of a message name who has it and who read it, while that changes; by the keyboard alone",
  stage.play(async (play) => {
    const [layla, omar] = await play.meet("terrace", "Layla Haddad", "Omar Saleh");
    if (!layla || !omar) return;
    await layla.say("Bring a coat.");
    await layla.details("Bring a coat.");
    const details = layla.page.getByRole("dialog", { name: "Message details" });
    await details.getByText(/^Read by [01] of 1 other$/).waitFor();
    await layla.page.keyboard.press("Escape");
    await omar.say("I will.");
    await layla.message("I will.").getByRole("button", { name: "Omar Saleh" }).click();
    await layla.isIn("Omar Saleh");
    await layla.say("Between us: two coats.");
    await layla.message("two coats").getByText("Delivered").waitFor();
    await layla.details("two coats");
    await details.getByRole("heading", { name: "Delivered to 1" }).waitFor();
    await omar.open("Layla Haddad");
    await details.getByRole("heading", { name: "Read by 1" }).waitFor();
    await details
      .getByRole("listitem")
      .filter({ hasText: /Omar Saleh ?\d\d:\d\d/ })
      .waitFor();
    await layla.page.keyboard.press("Escape");
    await details.waitFor({ state: "detached" });
    expect(await layla.message("two coats").evaluate((line) => line.contains(document.activeElement))).toBe(true);
  }),
);

test(
  "[WEB42] one begins to talk with people one shares no room with, and adds them to a room",
  stage.play(async (play) => {
    const noor = await play.enter("Noor Haddad");
    const pia = await play.enter("Pia Varga");
    const dialog = pia.page.getByRole("dialog");
    await pia.list.getByRole("button", { name: "Start a conversation" }).click();
    await dialog.getByRole("searchbox", { name: "Find a person" }).fill("@noor.h");
    await dialog.getByRole("checkbox", { name: /Noor Haddad/ }).check();
    await dialog.getByRole("button", { name: "Start", exact: true }).click();
    await pia.isIn("Noor Haddad");
    await pia.say("You do not know me yet.");
    await noor.open("Pia Varga");
    await noor.hears("You do not know me yet.");

    const uma = await play.enter("Uma Quist");
    await pia.createRoom("strangers");
    await pia.page.getByRole("button", { name: "Room menu" }).click();
    await pia.page.getByRole("menuitem", { name: "Add people" }).click();
    await dialog.getByRole("searchbox", { name: "Find a person" }).fill("nobody of this name");
    await dialog.getByText("Nobody here is called “nobody of this name”.").waitFor();
    await dialog.getByRole("searchbox", { name: "Find a person" }).fill("QUIST");
    await dialog.getByRole("checkbox", { name: /Uma Quist/ }).check();
    await dialog.getByRole("button", { name: "Add 1 person" }).click();
    await uma.place("strangers").waitFor();
  }),
);
