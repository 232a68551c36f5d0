// Two people with the SDK, as a process of its own, so that it trusts what NODE_EXTRA_CA_CERTS names:
//   bun test/deploy/kit/talk.ts <url> <word>
// They meet in a room; after a line on its input, one says the word, and the other hears it.
import { type Client, createClient } from "@parley/client";

const [url = "", word = ""] = process.argv.slice(2);

const [ada, ben] = [createClient({ url }), createClient({ url })];
await ada.signIn(`Ada ${word}`);
await ben.signIn(`Ben ${word}`);
const room = await ada.createRoom({ name: `Room ${word}` });
await ben.join(room.id);
console.log("met");
for await (const _ of console) break;
await ada.post(room.id, word).sent;
await until(ben, () => textsIn(ben).includes(word));
console.log(`heard ${word}, ${textsIn(ben).filter((text) => text === word).length} time`);
process.exit(0);

function textsIn(client: Client): string[] {
  return client.timeline(room.id).rows.flatMap((row) => ("text" in row && row.text ? [row.text] : []));
}

function until(client: Client, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (isSo()) resolve();
    };
    client.subscribe(look);
    look();
  });
}
