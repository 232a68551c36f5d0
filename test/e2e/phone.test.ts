import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Everything that can be pressed and is smaller than a finger, or that stands outside the screen. */
function outOfReach({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() => {
    const found = document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the screen"] : [];
    for (const one of document.querySelectorAll<HTMLElement>("button, a[href], input, textarea")) {
      const { width, height, left, right } = one.getBoundingClientRect();
      const hidden = width === 0 || !one.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
      if (hidden || one.closest("[role=log]")) continue;
      const name = one.ariaLabel ?? one.textContent;
      if (width < 24 || height < 24) found.push(`${name} is ${width} x ${height}`);
      if (left < 0 || right > innerWidth) found.push(`${name} reaches from ${left} to ${right}`);
    }
    return found;
  });
}

test(
  "[WEB35] on a phone one pane is shown at a time, from the first visit to a talk and back",
  stage.play(async (play) => {
    const mara = await play.enter("Mara Lindqvist");
    await mara.createRoom("on-the-road");
    await mara.say("Who is on a phone today?");

    const jonah = await play.visit("Jonah Okafor", PHONE);
    expect(await outOfReach(jonah)).toEqual([]);
    await jonah.page.getByRole("textbox").fill("Jonah Okafor");
    await jonah.page.getByRole("button", { name: "Come in" }).tap();
    await jonah.list.getByRole("button", { name: "All rooms" }).tap();
    await jonah.page.getByRole("button", { name: "Join on-the-road" }).waitFor();
    expect(await outOfReach(jonah)).toEqual([]);
    await jonah.page.getByRole("button", { name: "Join on-the-road" }).tap();
    await jonah.hears("Who is on a phone today?");
    expect(await jonah.list.isVisible()).toBe(false);
    expect(await outOfReach(jonah)).toEqual([]);

    await jonah.field.fill("Me, on the bus.");
    await jonah.page.getByRole("button", { name: "Send" }).tap();
    await mara.hears("Me, on the bus.");

    await jonah.page.getByRole("button", { name: "Details", exact: true }).tap();
    await jonah.page.getByRole("heading", { name: "About this room" }).waitFor();
    expect(await outOfReach(jonah)).toEqual([]);
    await jonah.page.getByRole("button", { name: "Back to the conversation" }).tap();
    await jonah.page.getByRole("button", { name: "Back to conversations" }).tap();
    await jonah.place("on-the-road").waitFor();
    expect(await jonah.log.isVisible()).toBe(false);

    await mara.say("@jonah.okafor mind the step.");
    await jonah.place("on-the-road").getByText("Mentions of you: 1").waitFor();
    await jonah.place("on-the-road").tap();
    await jonah.hears("mind the step.");
    await jonah.page.goBack();
    await jonah.place("on-the-road").waitFor();
    await jonah.place("on-the-road").getByText("Mentions of you").waitFor({ state: "detached" });
  }),
);

test(
  "[WEB35] a finger that rests on a message opens its menu",
  stage.play(async (play) => {
    const ines = await play.visit("Ines Duarte", PHONE);
    await ines.page.getByRole("textbox").fill("Ines Duarte");
    await ines.page.getByRole("button", { name: "Come in" }).tap();
    await ines.createRoom("long-press");
    await ines.say("Hold me.");
    await ines.hasSent("Hold me.");
    const at = await ines.message("Hold me.").getByText("Hold me.").boundingBox();
    const finger = await ines.context.newCDPSession(ines.page);
    const touchPoints = [{ x: (at?.x ?? 0) + 10, y: (at?.y ?? 0) + 8 }];
    await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    const menu = ines.page.getByRole("menu", { name: "Message" });
    await menu.waitFor();
    await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    expect(await outOfReach(ines)).toEqual([]);
    await menu.getByRole("menuitem", { name: "Delete" }).tap();
    await ines.page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).tap();
    await becomes(() => ines.shown(["Removed by its author"]), ["Removed by its author"]);
  }),
);
