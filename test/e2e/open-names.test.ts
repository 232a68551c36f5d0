import { expect } from "bun:test";
import { OldClient } from "../kit/old-client.ts";
import { openStage, test } from "./kit/stage.ts";
import { becomes } from "./kit/until.ts";
import type { Visitor } from "./kit/visitor.ts";

const stage = openStage({ PARLEY_LINGER_MS: "300" });

const oldClient = (name: string) => OldClient.open(`${stage.url}/dialects/plain/ws/${encodeURIComponent(name)}`);
const marks = ({ log }: Visitor, text: string) =>
  log.getByRole("article").filter({ hasText: text }).getByText("guest, open name").count();

test(
  "[WEB46] somebody with an old client and somebody in a browser see each other come, talk and receive",
  stage.play(async (play) => {
    const alice = await oldClient("Alice A");
    expect(await alice.next()).toBe("System: Alice A has joined the chat");
    const mara = await play.enter("Mara Lindqvist");
    await mara.joinRoom("plain");
    expect(await alice.next()).toBe("System: mara.lindqvist has joined the chat");

    alice.say("Hello from <b>long ago</b>.");
    expect(await alice.next()).toBe("Alice A: Hello from <b>long ago</b>.");
    await mara.hears("Hello from <b>long ago</b>.");
    await mara.say("And from today.");
    expect(await alice.next()).toBe("mara.lindqvist: And from today.");

    const bob = await oldClient("bob");
    expect([await bob.next(), await alice.next()]).toEqual(Array(2).fill("System: bob has joined the chat"));
    await mara.log
      .getByText(/\bbob\b.*joined/)
      .last()
      .waitFor();
    await mara.details("Hello from <b>long ago</b>.");
    const ledger = mara.page.getByRole("dialog", { name: "Message details" });
    await ledger.getByText(/^Read by 1 of 1 other$/).waitFor();
    await mara.page.keyboard.press("Escape");

    await mara.page.close();
    await bob.leave();
    expect([await alice.next(), await alice.next()].sort()).toEqual([
      "System: bob has left the chat",
      "System: mara.lindqvist has left the chat",
    ]);
    await alice.leave();
  }),
);

test(
  "[WEB46] a name that anybody may use is marked beside it, and whoever writes to it in private is told first",
  stage.play(async (play) => {
    const pip = await oldClient("Pip");
    await pip.next();
    const hana = await play.enter("Hana Sato");
    await hana.joinRoom("plain");
    pip.say("I am Pip today.");
    await hana.hears("I am Pip today.");
    await hana.say("And I am Hana, always.");
    await hana.hasSent("And I am Hana, always.");
    await becomes(() => marks(hana, "I am Pip today."), 1);
    expect(await marks(hana, "And I am Hana, always.")).toBe(0);

    await hana.page.getByRole("button", { name: "Details", exact: true }).click();
    const details = hana.page.getByRole("region", { name: "Details" });
    await details.getByRole("button", { name: /^Pip\s?, here\s?open name$/ }).waitFor();
    await details.getByText("nobody has claimed it, and anyone could be using it").waitFor();
    expect(await details.getByRole("listitem").filter({ hasText: "Hana Sato" }).getByText("open name").count()).toBe(0);

    await hana.field.fill("@");
    await hana.page.getByRole("listbox", { name: "People" }).waitFor({ state: "detached" });
    await hana.field.fill("");
    await details.getByRole("button", { name: /^Pip/ }).click();
    await hana.isIn("Pip");
    await hana.talk.getByRole("heading", { name: "Pip open name" }).waitFor();
    await hana.talk.getByText("Anyone can be Pip.").waitFor();
    await pip.leave();
  }),
);
