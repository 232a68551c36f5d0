import type { ConversationId } from "@parley/protocol/ids";
import type { Bus, Note } from "../core/ports.ts";
import type { Broker, Heard } from "./broker.ts";
import { Listeners } from "./listeners.ts";
import { watched } from "./watched.ts";

/** A note that is longer travels as a mere ring: the log is read instead. */
const MOST = 64 * 1024;
/** Says which form of notes this is. Nodes of another form hear nothing of them, and read at the next beat. */
const FORM = 1;

/** What travels: who says it, and a note; without one it is a ring. */
type Letter = [form: typeof FORM, from: string, note?: Note];

/**
 * The doorbell between nodes. This node hears itself at once and without the broker, and each other node only where
 * it listens to that conversation. `prefix` parts installations that share a broker.
 */
export function remoteBus(prefix: string, connect: (heard: Heard) => Broker): Bus {
  const self = crypto.randomUUID();
  const here = new Listeners();
  const channelOf = (conversation: ConversationId) => `${prefix}.${conversation}`;
  const broker = watched(connect, (channel, text) => {
    const letter = read(text);
    if (!letter || letter[1] === self || !channel.startsWith(`${prefix}.`)) return;
    here.tell(Number(channel.slice(prefix.length + 1)), letter[2] ?? { is: "rung" });
  });
  const listen = (conversation: ConversationId) => {
    // What was published before this stood may have been read by nobody.
    broker.listen(channelOf(conversation), () => here.tell(conversation, { is: "rung" }));
  };
  return {
    node: self,
    publish(conversation, note) {
      here.tell(conversation, note);
      broker.publish(channelOf(conversation), write(self, note));
    },
    subscribe(conversation, heard) {
      if (here.add(conversation, heard)) listen(conversation);
    },
    unsubscribe(conversation, heard) {
      if (here.remove(conversation, heard)) broker.leave(channelOf(conversation));
    },
    ready: () => broker.ready(),
    async close() {
      await broker.close();
      here.clear();
    },
  };
}

function write(self: string, note: Note): string {
  const text = JSON.stringify([FORM, self, note] satisfies Letter);
  return text.length <= MOST ? text : JSON.stringify([FORM, self] satisfies Letter);
}

/** Null for what no node of this form said. Whoever can write to the broker is trusted with what a note may say. */
function read(text: string): Letter | null {
  try {
    const letter: unknown = JSON.parse(text);
    return Array.isArray(letter) && letter[0] === FORM && typeof letter[1] === "string" ? (letter as Letter) : null;
  } catch {
    return null;
  }
}
