import { expect } from "bun:test";
import { enter } from "../kit/replicas.ts";
import { scrollUp } from "./kit/scroll.ts";
import { openStage, test } from "./kit/stage.ts";

const stage = openStage();

const MESSAGES = 5_000;
/** What nobody notices. */
const SLACK_PX = 4;
const AUTHORS = ["Mara Lindqvist", "Jonah Okafor", "Ines Duarte", "Rui Costa"];
const ENDINGS = [
  "",
  " with the tide coming in",
  "\nand a second line of it",
  ", said at length so that it wraps".repeat(6),
];

/** A room in which four people said 5,000 things, none alike. */
async function seed(room: string): Promise<void> {
  const people = await Promise.all(AUTHORS.map((name) => enter(stage.url, name)));
  const { id } = (await people[0]?.createRoom({ name: room })) ?? { id: 0 };
  for (const person of people.slice(1)) await person.join(id);
  await people[0]?.post(id, "The very first line.").sent;
  const posts = Array.from({ length: MESSAGES - 1 }, (_, at) => {
    const text = `Line ${at + 2} of ${MESSAGES}${ENDINGS[(at * 7) % ENDINGS.length]}`;
    return people[(at >> 2) % people.length]?.post(id, text).sent;
  });
  await Promise.all(posts);
  for (const person of people) person.disconnect();
}

test(
  "[WEB5] scrolling back through 5,000 messages reaches the oldest, and older pages move nothing on the screen",
  stage.play(async (play) => {
    await seed("long-memory");
    const reader = await play.enter("Tomas Berg");
    await reader.joinRoom("long-memory");
    await reader.hears(`of ${MESSAGES}`);
    await reader.log.getByText("Tomas Berg joined").waitFor();
    const { moved, at, grown } = await reader.page.evaluate(scrollUp, { step: 450, end: "This is the beginning." });
    expect(moved > SLACK_PX ? `${at}: moved by ${moved}` : "kept its place").toBe("kept its place");
    expect(grown).toBeGreaterThan(20);
    await reader.hears("The very first line.");

    await reader.page.getByRole("button", { name: "Jump to present" }).click();
    await reader.log.getByText("Tomas Berg joined").waitFor();
  }),
);
