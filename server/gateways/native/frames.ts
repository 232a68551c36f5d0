import { commands } from "@parley/protocol/commands";
import { clientFrames, serverFrames } from "@parley/protocol/frames";
import type { Operation } from "@parley/protocol/operation";
import { type OperationName, operations } from "@parley/protocol/operations";
import { signals } from "@parley/protocol/signals";
import recorded from "../documents/examples.json" with { type: "json" };
import type { Frames, Wire } from "../documents/wire.ts";

/** What frames are for that are no operation over HTTP as well. */
const ABOUT_RECEIVED: Record<string, string> = {
  hello: "The first frame: who is there, and what they hold already. A token, or a name with a secret made for it.",
  cursors: "More cursors, behind a hello that said so with `more`.",
  beat: "The answer to a beat. Any other frame counts as well.",
  people: "People by their ids.",
  find_people: "People by a part of their shown or unique name, by id.",
  update_profile: "Changes one's shown name, one's unique name, or both.",
  look: "The conversations on this client's screen: it hears of presence and typing there, and nowhere else.",
  typing: "One is writing, or stopped. It ends by itself after six seconds.",
  follow: "Receive the log of a public room without joining it, or of any conversation from another cursor.",
  unfollow: "Receive this log no longer.",
};

const ABOUT_SENT: Record<keyof typeof serverFrames | keyof typeof signals, string> = {
  welcome: "The answer to hello. `you` is who the token belongs to.",
  conversation: "A conversation that the client holds no cursor for, with its people as far as they matter at first.",
  entries: "The next entries of one log, oldest first, without a gap.",
  resync:
    "A hole: the client has up to `have`, delivery goes on at `from`. With `reset`, what it has is of another history.",
  hidden: "Not a hole: these seqs were never this reader's to read.",
  gone: "This conversation is not, or no longer, this reader's.",
  caught_up: "Everything up to now was said; own marks and counts, and others' marks where they are told one by one.",
  ok: "The answer to the command with this id. For a post, edit or delete only where it was carried out before.",
  error: "A refusal. With `id` that command's, else of what was said last; `retry_after` is in milliseconds.",
  beat: "The heads that moved since the last beat. It asks for an answer.",
  bye: "The server is about to close this socket: come back after so many milliseconds.",
  presence: "Who is here, to those who look; `here` is left out above the size at which only a count is told.",
  typing: "Who is writing now, to those who look; at most a few are named, `count` is all of them.",
  marks: "Marks that moved: everybody's in directs and small groups, elsewhere only one's own from another device.",
};

/** Parley's own protocol for the documents. Its examples were recorded from a real server. */
export const nativeWire: Wire = {
  name: "parley",
  title: "Parley's own protocol",
  about:
    "Every message either way is a JSON array of frames, told apart by `t`. The first frame is `hello`. A frame with an `id` is a command; `x-result` of its schema is what the `ok` with this id answers.",
  addresses: [{ path: "/socket" }],
  batches: true,
  received: answered(shown(clientFrames, aboutReceived, recorded.frames.received)),
  sent: shown(
    { ...serverFrames, ...signals },
    (name) => ABOUT_SENT[name as keyof typeof ABOUT_SENT],
    recorded.frames.sent,
  ),
};

function shown(
  schemas: Readonly<Record<string, Frames[string]["schema"]>>,
  about: (name: string) => string,
  examples: Readonly<Record<string, readonly unknown[]>>,
): Frames {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      {
        about: about(name),
        schema,
        examples: examples[name] ?? [],
      },
    ]),
  );
}

/** The same, with what commands are answered. */
function answered(frames: Frames): Frames {
  const results = Object.entries(commands).map(([name, { result }]) => [name, { ...frames[name], result }]);
  return { ...frames, ...Object.fromEntries(results) };
}

/** A command is told in the words of the operation that carries it out over HTTP. */
function aboutReceived(name: string): string {
  const operation: Operation | undefined = operations[name as OperationName];
  return ABOUT_RECEIVED[name] ?? (operation?.command === name ? operation.about : "");
}
