import { expect, test } from "bun:test";
import { commands } from "@parley/protocol/commands";
import { Stage } from "../kit/stage.ts";

test("[BAD1] found once: a page of history at the largest number there is has the shape of a page", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  const conversation = await stage.room(ada);
  const group = await stage.chat.run({ user: ada }, "create_group", { key: "g", members: [] });
  const end = Number.MAX_SAFE_INTEGER;
  for (const at of [{ after: end }, { before: end }, { around: end }, { after: end - 1 }]) {
    for (const id of [conversation, group.conversation.id]) {
      const page = await stage.chat.run({ user: ada }, "history", { conversation: id, ...at });
      expect({ at, right: commands.history.result.safeParse(page).success }).toEqual({ at, right: true });
    }
  }
});
