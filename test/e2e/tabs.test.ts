import { expect } from "bun:test";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";
import { Visitor } from "./kit/visitor.ts";

const stage = openStage();

async function connections(): Promise<number> {
  const stats = (await (await fetch(`${stage.url}/stats`)).json()) as { total_connections: number };
  return stats.total_connections;
}

test(
  "[WEB43] all tabs of a browser have one line: each hears everything once, and another goes on when its leader is closed",
  stage.play(async (play) => {
    const [ada, ben] = (await play.meet("harbour", "Ada Lund", "Ben Holm")) as [Visitor, Visitor];
    await becomes(connections, 2);
    const second = new Visitor(await ada.page.context().newPage());
    await second.page.goto(ada.page.url());
    await ben.say("Is anybody at the quay?");
    await second.hears("Is anybody at the quay?");
    await ada.hears("Is anybody at the quay?");
    await second.say("I am, in the other tab.");
    await ben.hears("I am, in the other tab.");
    await ada.hears("I am, in the other tab.");
    await becomes(connections, 2);
    await ada.page.close();
    await ben.say("And after the first one was closed?");
    await second.hears("And after the first one was closed?");
    await second.say("Still here.");
    await ben.hears("Still here.");
    expect(await second.message("Is anybody at the quay?").count()).toBe(1);
    await becomes(connections, 2);
  }),
);
