import { expect } from "bun:test";
import { DIALECTS, type DialectName } from "@parley/protocol/dialects";
import { freePort } from "../kit/process.ts";
import { faultsOf } from "./kit/faults.ts";
import { LegacyVisitor } from "./kit/legacy.ts";
import { openStage, test } from "./kit/stage.ts";

const ports: [DialectName, number][] = [];
for (const dialect of DIALECTS) ports.push([dialect, await freePort()]);
const listen = ports.map(([dialect, port]) => `${port}=${dialect}`).join();
const stage = openStage({ PARLEY_LINGER_MS: "300", PARLEY_LISTEN: listen });
const MARKUP = "<img src=x onerror=alert(1)> & <b>bold</b>";

const HOMES = { plain: "plain", messenger: "messenger", broadcast: "main" };

for (const [dialect, room] of Object.entries(HOMES)) {
  test(
    `[WEB47] the page for ${dialect} talks with somebody in the app, shows markup as text, and has no fault`,
    stage.play(async (play) => {
      const alice = await LegacyVisitor.open(play, dialect, "alice");
      expect(await faultsOf(alice.page)).toEqual([]);
      await alice.comeIn("Alice A");
      await alice.lineIs("Live");
      const mara = await play.enter(`Mara ${dialect}`);
      await mara.joinRoom(room);
      await alice.log.getByText(`mara.${dialect} `).waitFor();
      await alice.say(MARKUP);
      for (const one of [alice, mara]) await one.hears(MARKUP);
      await mara.say(`Answered: ${MARKUP}`);
      await alice.hears(`Answered: ${MARKUP}`);
      expect(await alice.log.locator("img").count()).toBe(0);
      if (dialect === "broadcast") await alice.seesHere("Alice A", "mara.broadcast");
      expect(await faultsOf(alice.page)).toEqual([]);
      await alice.page.getByRole("button", { name: "Leave" }).click();
      await alice.page.getByRole("textbox", { name: "Your name" }).waitFor();
    }),
  );
}

test(
  "[WEB47] the page for rooms makes a room, shows who is here and who writes, and what was said before",
  stage.play(async (play) => {
    const alice = await LegacyVisitor.open(play, "rooms", "alice");
    await alice.comeIn("Alice A");
    await alice.page.getByRole("textbox", { name: "Make a room" }).fill("allotment");
    expect(await faultsOf(alice.page)).toEqual([]);
    await alice.page.getByRole("button", { name: "Make" }).click();
    await alice.lineIs("Live");
    await alice.say(MARKUP);
    await alice.hears(MARKUP);

    const mara = await play.enter("Mara Lindqvist");
    await mara.joinRoom("allotment");
    await mara.hears(MARKUP);
    await mara.say("The beans are up.");
    await alice.seesHere("Alice A", "mara.lindqvist");
    const bob = await LegacyVisitor.open(play, "rooms", "bob");
    await bob.comeIn("bob");
    await bob.page.getByRole("button", { name: "Enter allotment" }).click();
    for (const text of [MARKUP, "The beans are up."]) await bob.hears(text);
    await bob.seesHere("Alice A", "bob", "mara.lindqvist");
    await bob.field.pressSequentially("Ye");
    await alice.page.getByText("bob is writing").waitFor();
    await mara.page.getByText("bob is writing").waitFor();
    await mara.field.pressSequentially("I");
    await bob.page.getByText("mara.lindqvist is writing").waitFor();
    expect(await faultsOf(bob.page)).toEqual([]);
  }),
);

test(
  "[WEB47] the page for direct tells who is here, who writes, and how far each message has come, also with the app",
  stage.play(async (play) => {
    const [five, seven] = [
      await LegacyVisitor.open(play, "direct", "five"),
      await LegacyVisitor.open(play, "direct", "seven"),
    ];
    for (const [one, number] of [
      [five, "5"],
      [seven, "7"],
    ] as const) {
      await one.comeIn(number, "Your number");
      await one.lineIs("Live");
    }
    await five.page.getByRole("button", { name: "User 7" }).click();
    await five.say(MARKUP);
    await five.hears(MARKUP);
    await five.log.getByText("Delivered").waitFor();
    await seven.page.getByText("here · 1 new").waitFor();
    await seven.page.getByRole("button", { name: "User 5" }).click();
    await seven.hears(MARKUP);
    await five.log.getByText("Read", { exact: true }).waitFor();
    await seven.field.pressSequentially("Ye");
    await five.page.getByText("User 7 is writing").waitFor();
    expect(await faultsOf(five.page)).toEqual([]);

    const mara = await play.enter("Mara Seven");
    await mara.list.getByRole("button", { name: "Start a conversation" }).click();
    const dialog = mara.page.getByRole("dialog");
    await dialog.getByRole("searchbox", { name: "Find a person" }).fill("User 5");
    await dialog.getByRole("checkbox", { name: /User 5.*open name/ }).check();
    await dialog.getByRole("button", { name: "Start", exact: true }).click();
    await mara.talk.getByText("Anyone can be User 5.").waitFor();
    await mara.say("From the app.");
    await mara.message("From the app.").getByText("Delivered").waitFor();
    const row = five.page.getByRole("listitem").filter({ hasText: "1 new" });
    await row.getByRole("button", { name: /^User 1\d{6}$/ }).click();
    await five.hears("From the app.");
    await mara.message("From the app.").getByText("Read").waitFor();
    await five.say("From the page.");
    await mara.hears("From the page.");
    await five.log.getByText("Read", { exact: true }).waitFor();
  }),
);

test(
  "[WEB47] a page says why it ended: the name is taken, or the room is deleted",
  stage.play(async (play) => {
    const first = await LegacyVisitor.open(play, "plain", "first");
    await first.comeIn("Carol");
    await first.lineIs("Live");
    const second = await LegacyVisitor.open(play, "plain", "second");
    await second.comeIn("Carol");
    await second.lineIs("Ended");
    await second.hears("Username already taken.");

    const dora = await LegacyVisitor.open(play, "rooms", "dora");
    await dora.comeIn("Dora");
    await dora.page.getByRole("textbox", { name: "Make a room" }).fill("short-lived");
    await dora.page.getByRole("button", { name: "Make" }).click();
    await dora.lineIs("Live");
    await first.page.goto(`${stage.url}/legacy/rooms/`);
    await first.comeIn("Carol");
    await first.page.getByRole("button", { name: "Delete short-lived" }).click();
    await dora.lineIs("Ended");
    await dora.hears("Room deleted.");
    await dora.page.getByRole("button", { name: "Leave" }).click();
    await dora.page.getByRole("button", { name: "Enter short-lived" }).waitFor({ state: "detached" });
  }),
);

test(
  "[WEB47] a page comes back by itself when the server does, keeps what was being written, and hears what is said then",
  stage.play(async (play) => {
    play.watch.lineMayBeLost = true;
    const eve = await LegacyVisitor.open(play, "messenger", "eve");
    await eve.comeIn("eve");
    await eve.lineIs("Live");
    await eve.field.fill("Half written");
    await stage.killServer();
    await eve.lineIs(/^Offline · retry \d+ s$/);
    await eve.field.press("Enter");
    await eve.page.getByRole("button", { name: "Try now" }).waitFor();
    await stage.startServer();
    await eve.lineIs("Live");
    expect(await eve.field.inputValue()).toBe("Half written");
    await eve.field.press("Enter");
    await eve.hears("Half written");
  }),
);

test("[WEB48] a port that speaks one old protocol shows its page at its root", async () => {
  for (const [dialect, port] of ports) {
    const root = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(root).toContain(`<h1>${dialect}</h1>`);
    expect(root).toBe(await (await fetch(`${stage.url}/legacy/${dialect}/`)).text());
  }
});
