import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();

/** What the element with the focus is called, or says. */
function focused({ page }: Visitor): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    return (at?.ariaLabel ?? at?.textContent ?? "").trim();
  });
}

async function press(visitor: Visitor, ...keys: string[]): Promise<void> {
  for (const key of keys) await visitor.page.keyboard.press(key);
}

async function type(visitor: Visitor, text: string): Promise<void> {
  await visitor.page.keyboard.type(text);
}

test(
  "[WEB33] without a pointer one comes in, makes a room, talks, corrects oneself and finds the way back",
  stage.play(async (play) => {
    const lena = await play.visit("Lena Vogt");
    await lena.page.getByRole("textbox").waitFor();
    await type(lena, "Lena Vogt");
    await press(lena, "Enter");
    await lena.page.getByRole("heading", { name: "You are in, Lena Vogt" }).waitFor();

    await press(lena, "Control+k");
    await type(lena, "keys");
    await lena.page.getByRole("option", { name: "Create a room named “keys”", selected: true }).waitFor();
    await press(lena, "Enter");
    await lena.page.getByRole("dialog", { name: "Create a room" }).waitFor();
    await press(lena, "Enter");
    await lena.isIn("keys");
    await becomes(() => focused(lena), "Message #keys");

    await type(lena, "First");
    await press(lena, "Shift+Enter");
    await type(lena, "and second line");
    await press(lena, "Enter");
    await lena.hears("and second line");
    await type(lena, "Somehting to correct");
    await press(lena, "Enter");
    await lena.hasSent("Somehting to correct");

    await press(lena, "ArrowUp");
    await lena.page.getByText("Editing your message").waitFor();
    expect(await lena.field.inputValue()).toBe("Somehting to correct");
    await press(lena, "Escape");
    await becomes(() => lena.field.inputValue(), "");
    await press(lena, "ArrowUp", "Control+a");
    await type(lena, "Something to correct");
    await press(lena, "Enter");
    await lena.hears("Something to correct");
    await lena.message("Something to correct").getByText("edited").waitFor();
    expect(await focused(lena)).toBe("Message #keys");
  }),
);

test(
  "[WEB33] the messages are one stop of the Tab key, arrows move among them, and Enter opens their menu",
  stage.play(async (play) => {
    const ines = await play.enter("Ines Duarte");
    await ines.createRoom("stops");
    for (const text of ["one", "two", "three"]) await ines.say(`Message ${text}.`);
    await ines.hasSent("Message three.");
    const three = ines.message("Message three.");
    await three.focus();
    await press(ines, "ArrowUp");
    await becomes(async () => (await focused(ines)).includes("Message two."), true);
    await press(ines, "Home");
    await becomes(async () => (await focused(ines)).includes("Message one."), true);
    await press(ines, "End");
    await becomes(async () => (await focused(ines)).includes("Message three."), true);

    await press(ines, "Enter");
    const menu = ines.page.getByRole("menu", { name: "Message" });
    await menu.waitFor();
    await press(ines, "Escape");
    await menu.waitFor({ state: "detached" });
    await becomes(async () => (await focused(ines)).includes("Message three."), true);
    await press(ines, "Enter", "End", "Enter");
    await ines.page.getByRole("dialog", { name: "Delete this message?" }).waitFor();
    await becomes(() => focused(ines), "Cancel");
    await press(ines, "Tab", "Enter");
    await ines.hears("Removed by its author");
  }),
);

test(
  "[WEB33] Tab leads through the list, the head and the log to the field, and shows each stop",
  stage.play(async (play) => {
    const rui = await play.enter("Rui Costa");
    await rui.createRoom("order");
    await rui.say("Something here.");
    await rui.hears("Something here.");
    await rui.list.getByRole("button", { name: "New conversation" }).focus();
    const stops = [await focused(rui)];
    while (stops.length < 30 && stops.at(-1) !== "Message #order") {
      await press(rui, "Tab");
      stops.push(await focused(rui));
      const outline = await rui.page.evaluate(() => {
        const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement ?? document.body);
        const around = getComputedStyle(document.activeElement?.closest(".composer") ?? document.body);
        return outlineStyle !== "none" || boxShadow !== "none" || around.outlineStyle !== "none" || around.boxShadow;
      });
      expect([stops.at(-1), outline]).toEqual([stops.at(-1), outline || "an outline"]);
    }
    const wanted = [
      "New conversation",
      "Jump to",
      "All rooms",
      "order",
      "Start a conversation",
      "You and settings",
      "1 here",
      "Room menu",
      "Details",
      "Something here.",
      "Message #order",
    ];
    const found = stops.flatMap((stop) => {
      const called = (name: string) => stop.startsWith(name) || stop.endsWith(name);
      return wanted.find((name) => stop === name) ?? wanted.find(called) ?? [];
    });
    expect(found).toEqual(wanted);
  }),
);

test(
  "[WEB33] a menu opens at its first item, arrows move in it, Escape closes it and gives the focus back",
  stage.play(async (play) => {
    const tomas = await play.enter("Tomas Berg");
    await tomas.createRoom("menus");
    await tomas.page.getByRole("button", { name: "Room menu" }).focus();
    await press(tomas, "Enter");
    await becomes(async () => (await focused(tomas)).startsWith("Mark as read"), true);
    await press(tomas, "ArrowDown");
    expect(await focused(tomas)).toBe("Copy the link");
    await press(tomas, "End");
    expect(await focused(tomas)).toBe("Delete the room");
    await press(tomas, "Escape");
    await becomes(() => focused(tomas), "Room menu");
  }),
);
