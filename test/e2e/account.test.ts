import { expect } from "bun:test";
import { faultsOf } from "./kit/faults.ts";
import { openStage, test } from "./kit/stage.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage();

async function settings({ page }: Visitor, act: string): Promise<void> {
  await page.getByRole("button", { name: "You and settings" }).click();
  await page.getByRole("dialog", { name: "You and settings" }).getByRole("button", { name: act }).click();
}

async function setPassword(visitor: Visitor, password: string): Promise<void> {
  await settings(visitor, "Set a password");
  const dialog = visitor.page.getByRole("dialog", { name: "Set a password" });
  await dialog.getByLabel("New password").fill(password);
  await dialog.getByRole("button", { name: "Set password" }).click();
}

async function signIn({ page }: Visitor, name: string, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your name, or your @name" }).fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test(
  "[WEB49] a password that is set on one device brings the same person, and all their conversations, to another",
  stage.play(async (play) => {
    const mara = await play.enter("Mara Lindqvist");
    await mara.createRoom("garden");
    await mara.say("Planted before there was a password.");
    await setPassword(mara, "short");
    const dialog = mara.page.getByRole("dialog", { name: "Set a password" });
    await dialog.getByRole("alert").getByText("A password has 8 to 256 characters.").waitFor();
    await dialog.getByLabel("New password").fill("correct horse");
    await dialog.getByRole("button", { name: "Set password" }).click();
    await mara.page.getByText("Password set").waitFor();

    const phone = await play.visit("phone");
    await phone.page.getByRole("button", { name: "I have an account" }).click();
    await signIn(phone, "mara.lindqvist", "wrong horse");
    await phone.page.getByRole("alert").getByText("This name and this password do not belong together.").waitFor();
    await signIn(phone, "Mara Lindqvist", "correct horse");
    await phone.open("garden");
    await phone.hears("Planted before there was a password.");
    await phone.say("Watered from the phone.");
    await mara.hears("Watered from the phone.");
    const kept = await phone.page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toContain("horse");
  }),
);

test(
  "[WEB49] a password is changed by whoever knows it, and signing out everywhere ends every device",
  stage.play(async (play) => {
    const jonah = await play.enter("Jonah Okafor");
    await jonah.createRoom("cellar");
    await jonah.say("Only for members.");
    await setPassword(jonah, "first password");
    await jonah.page.getByText("Password set").waitFor();
    const other = await play.visit("other");
    await other.page.getByRole("button", { name: "I have an account" }).click();
    await signIn(other, "jonah.okafor", "first password");
    await other.open("cellar");

    await settings(other, "Change password");
    const dialog = other.page.getByRole("dialog", { name: "Change your password" });
    await dialog.getByLabel("Your password now").fill("not the first");
    await dialog.getByLabel("New password").fill("second password");
    await dialog.getByRole("button", { name: "Change password" }).click();
    await dialog.getByRole("alert").getByText("This is not your password.").waitFor();
    await dialog.getByLabel("Your password now").fill("first password");
    await dialog.getByRole("button", { name: "Change password" }).click();
    await other.page.getByText("Password changed").waitFor();

    await settings(other, "Sign out");
    const sure = other.page.getByRole("dialog", { name: "Sign out?" });
    await sure.getByRole("checkbox", { name: "On all my devices" }).check();
    await sure.getByRole("button", { name: "Sign out" }).click();
    for (const { page } of [jonah, other]) {
      await page.getByRole("textbox", { name: "What should people call you?" }).waitFor();
      expect(await page.getByText("Only for members.").count()).toBe(0);
    }
    await jonah.page.getByText("You were signed out.").waitFor();
    await jonah.page.getByRole("button", { name: "I have an account" }).click();
    await signIn(jonah, "Jonah Okafor", "second password");
    await jonah.open("cellar");
    await jonah.hears("Only for members.");
  }),
);

test(
  "[WEB49] whoever picks the name of an account is told that it may be theirs to sign in with",
  stage.play(async (play) => {
    const ines = await play.enter("Ines Brandt");
    await setPassword(ines, "a good password");
    await ines.page.getByText("Password set").waitFor();
    const other = await play.visit("other");
    await other.page.getByRole("textbox", { name: "What should people call you?" }).fill("ines brandt");
    await other.page.getByRole("button", { name: "Come in" }).click();
    await other.page.getByRole("alert").getByText("or sign in if it is yours").waitFor();
    await other.page.getByRole("button", { name: "I have an account" }).click();
    expect(await other.page.getByRole("textbox", { name: "Your name, or your @name" }).inputValue()).toBe(
      "ines brandt",
    );
    await other.page.getByRole("button", { name: "Pick a name instead" }).click();
    await other.page.getByRole("textbox", { name: "What should people call you?" }).waitFor();
  }),
);

test(
  "[WEB34] axe finds nothing where one signs in, sets and changes a password, and signs out",
  stage.play(async (play) => {
    const finds = async ({ page }: Visitor, screen: string) =>
      expect({ screen, faults: await faultsOf(page) }).toEqual({ screen, faults: [] });
    const other = await play.visit("other");
    await other.page.getByRole("button", { name: "I have an account" }).click();
    await signIn(other, "Nobody", "a guess");
    await other.page.getByRole("alert").waitFor();
    await finds(other, "refused password");
    const rui = await play.enter("Rui Costa");
    await setPassword(rui, "short");
    await rui.page.getByRole("alert").waitFor();
    await finds(rui, "set a password");
    await rui.page.getByLabel("New password").fill("a good password");
    await rui.page.getByRole("button", { name: "Set password" }).click();
    await rui.page.getByText("Password set").waitFor();
    await rui.page.getByRole("button", { name: "You and settings" }).click();
    await finds(rui, "settings of a member");
    await rui.page.getByRole("dialog").getByRole("button", { name: "Change password" }).click();
    await finds(rui, "change the password");
    await rui.page.keyboard.press("Escape");
    await settings(rui, "Sign out");
    await finds(rui, "sign out");
  }),
);
