import { cursorCheck } from "@parley/protocol/cursor";
import type { EntryKind } from "@parley/protocol/entries";
import type { ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import { PROTOCOL_VERSION } from "@parley/protocol/version";
import { checkResult } from "../../kit/documents.ts";
import { Line } from "../../kit/node.ts";
import { masked } from "./mask.ts";

type Frame = { t: string } & Record<string, unknown>;
export type Shown = Record<string, Frame[]>;

const CLEO = "an-example-of-the-secret-of-cleo-marsh";
const DAN = "an-example-of-the-secret-of-dan-brook";
const AGAIN = "an-example-of-another-secret-of-cleo";

/** Which of the frames that were heard the documents show; without a word, the first one. */
const WORTH: Partial<Record<string, (frame: Frame) => boolean>> = {
  typing: ({ count }) => count === 1,
  caught_up: ({ own }) => (own as unknown[]).length > 0,
  conversation: ({ conversation }) => (conversation as { kind: string }).kind === "direct",
  beat: ({ heads }) => (heads as unknown[]).length === 0,
  ok: ({ result }) => Object.keys(result as object).length > 1,
};
/** Entries of these kinds are shown, each in one frame. */
const KINDS: EntryKind[] = ["message", "edited", "deleted", "joined", "added"];

/** Two people say every frame once; `stop` ends the server at the end. What was said and heard. */
export async function tellOnSocket(url: string, stop: () => void): Promise<{ received: Shown; sent: Shown }> {
  const told = new Told(`${url.replace("http", "ws")}/socket`);
  const cleo = await told.enter("Cleo Marsh", CLEO);
  const room = await told.opened(cleo, { t: "create_room", key: "room-2", name: "reading" });
  const dan = await told.enter("Dan Brook", DAN);
  await inTheRoom(told, cleo, dan, room);
  const { group, ended } = await elsewhere(told, cleo, dan);
  await told.again(dan, DAN, [
    [room, 2, 1],
    [group, 0, 0],
    [ended, 0, 0],
  ]);
  await endings(told, cleo, dan, stop);
  return { received: told.received, sent: told.sent() };
}

async function inTheRoom(told: Told, cleo: Line, dan: Line, room: number): Promise<void> {
  const here = { conversation: room };
  await told.ask(dan, { t: "list_rooms", query: "read" });
  await told.ask(dan, { t: "join", key: "join-2", ...here });
  await told.ask(dan, { t: "look", conversations: [room] });
  await told.ask(cleo, { t: "typing", ...here, active: true });
  await dan.until((frame) => frame.t === "typing" && frame.count === 1);
  const target = await told.write(cleo, { t: "post", key: "post-1", ...here, text: "Which one first, @dan.brook?" });
  await told.ask(cleo, { t: "post", key: "post-1", ...here, text: "Which one first, @dan.brook?" });
  await told.write(cleo, { t: "edit", key: "edit-2", ...here, target, text: "Which book first, @dan.brook?" });
  await told.ask(dan, { t: "mark", ...here, read: target });
  await told.ask(dan, { t: "history", ...here, limit: 2 });
  await told.ask(cleo, { t: "receipts", ...here, seq: target });
  await told.ask(cleo, { t: "list_members", ...here });
  await told.write(cleo, { t: "delete", key: "delete-2", ...here, target });
  await told.ask(cleo, { t: "rename", key: "rename-2", ...here, name: "books" });
  await told.ask(dan, { t: "rename", key: "rename-3", ...here, name: "mine" }, "error");
  await told.ask(dan, { t: "unfollow", ...here });
  await told.ask(dan, { t: "follow", ...here, seq: 1, check: await told.checkAt(cleo, room) });
}

async function elsewhere(told: Told, cleo: Line, dan: Line): Promise<{ group: number; ended: number }> {
  const { you } = await dan.until<ServerFrameOf<"welcome">>(({ t }) => t === "welcome");
  await told.ask(cleo, { t: "people", ids: [you.id] });
  await told.ask(cleo, { t: "find_people", query: "brook" });
  await told.ask(cleo, { t: "update_profile", key: "profile-1", handle: "cleo" });
  const { id: from } = (await cleo.until<ServerFrameOf<"welcome">>(({ t }) => t === "welcome")).you;
  const direct = await told.opened(cleo, { t: "open_direct", key: "direct-2", user: you.id });
  await dan.until((frame) => frame.t === "conversation" && frame.conversation.id === direct);
  const seq = await told.write(cleo, { t: "post", key: "post-2", conversation: direct, text: "Are you there?" });
  await dan.until(
    (frame) => frame.t === "entries" && frame.conversation === direct && frame.entries.at(-1)?.seq === seq,
  );
  await told.ask(dan, { t: "mark", conversation: direct, read: seq });
  await cleo.until((frame) => frame.t === "marks" && frame.conversation === direct);
  await told.ask(dan, { t: "block", key: "block-2", user: from });
  await told.ask(dan, { t: "blocks", limit: 50 });
  await told.ask(dan, { t: "unblock", key: "unblock-2", user: from });
  const group = await told.opened(cleo, { t: "create_group", key: "group-2", name: "Readers", members: [] });
  await told.ask(cleo, { t: "add_member", key: "add-2", conversation: group, user: you.id });
  const ended = await told.opened(cleo, { t: "create_group", key: "group-3", name: "Short", members: [you.id] });
  await told.ask(cleo, { t: "remove_member", key: "remove-2", conversation: ended, user: you.id });
  return { group, ended };
}

async function endings(told: Told, cleo: Line, dan: Line, stop: () => void): Promise<void> {
  const attic = await told.opened(cleo, { t: "create_room", key: "room-3", name: "attic" });
  await told.ask(dan, { t: "join", key: "join-3", conversation: attic });
  await told.ask(dan, { t: "leave", key: "leave-2", conversation: attic });
  await told.ask(cleo, { t: "delete_room", key: "end-3", conversation: attic });
  await told.ask(cleo, { t: "set_password", key: "password-2", password: "correct horse battery staple" });
  await dan.until((frame) => frame.t === "beat" && frame.heads.length === 0);
  told.say(dan, { t: "beat" });
  const tablet = await told.enter("Tablet", AGAIN);
  told.say(tablet, { t: "sign_out", id: 1, key: "out-2" });
  await tablet.closed();
  told.say(dan, { t: "delete_account", id: 1, key: "end-4" });
  await dan.closed();
  stop();
  await cleo.until((frame) => frame.t === "bye");
  await cleo.closed();
}

/** Says frames on lines, and keeps the first of each kind. */
class Told {
  readonly received: Shown = {};
  readonly #url: string;
  readonly #lines: Line[] = [];
  #id = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async open(): Promise<Line> {
    const line = await Line.open(this.#url);
    this.#lines.push(line);
    return line;
  }

  async enter(name: string, secret: string): Promise<Line> {
    const line = await this.open();
    this.say(line, { t: "hello", version: PROTOCOL_VERSION, guest: { name, secret } });
    await line.until(({ t }) => t === "caught_up");
    return line;
  }

  /** Somebody comes back on another line, with cursors in two frames. */
  async again(before: Line, token: string, cursors: number[][]): Promise<void> {
    const { epoch } = await before.until<ServerFrameOf<"welcome">>(({ t }) => t === "welcome");
    const line = await this.open();
    line.say([
      { t: "hello", version: PROTOCOL_VERSION, token, epoch, cursors: cursors.slice(0, 1), more: true },
      this.#kept({ t: "cursors", cursors: cursors.slice(1) }),
    ]);
    await line.until(({ t }) => t === "caught_up");
    line.close();
    await line.closed();
  }

  say(line: Line, frame: Frame): void {
    line.say([this.#kept(frame)]);
  }

  /** Asks, and waits for the answer, which must be this one. */
  async ask(line: Line, command: Frame, answer: "ok" | "error" = "ok"): Promise<unknown> {
    const id = ++this.#id;
    this.say(line, numbered(command, id));
    const frame = await line.until((one) => (one.t === "ok" || one.t === "error") && one.id === id);
    if (frame.t !== answer) throw new Error(`${command.t}: ${JSON.stringify(frame)}`);
    if (frame.t !== "ok") return null;
    checkResult(command.t, frame.result);
    return frame.result;
  }

  async opened(line: Line, command: Frame): Promise<number> {
    const { conversation } = (await this.ask(line, command)) as { conversation: { id: number } };
    return conversation.id;
  }

  /** Writes, and waits for the echo; its seq. */
  async write(line: Line, command: Frame): Promise<number> {
    this.say(line, numbered(command, ++this.#id));
    const isEcho = (frame: ServerFrame) =>
      frame.t === "entries" && frame.entries.some(({ key }) => key === command.key);
    const { entries } = await line.until<ServerFrameOf<"entries">>(isEcho);
    return entries.find(({ key }) => key === command.key)?.seq ?? 0;
  }

  /** The check of the first entry of a conversation. */
  async checkAt(line: Line, conversation: number): Promise<number> {
    const { items } = (await this.ask(line, { t: "history", conversation, around: 1 })) as {
      items: { entry: { author: number; key: string } }[];
    };
    const first = items[0]?.entry;
    return first ? cursorCheck(first.author, first.key) : 0;
  }

  /** Of every kind of frame that was heard, what is worth showing. */
  sent(): Shown {
    const heard = this.#lines.flatMap(({ frames }) => frames as unknown as Frame[]);
    const shown: Shown = {};
    for (const frame of heard) {
      const known = shown[frame.t] ?? [];
      if (frame.t === "entries" ? isNew(known, frame) : known.length === 0 && (WORTH[frame.t]?.(frame) ?? true)) {
        shown[frame.t] = [...known, masked(frame) as Frame];
      }
    }
    return shown;
  }

  #kept(frame: Frame): Frame {
    this.received[frame.t] ??= [masked(frame) as Frame];
    return frame;
  }
}

function numbered({ t, ...args }: Frame, id: number): Frame {
  return { t, id, ...args };
}

function kindOf({ entries }: Frame): EntryKind {
  return (entries as { kind: EntryKind }[])[0]?.kind as EntryKind;
}

function isNew(known: Frame[], frame: Frame): boolean {
  const kind = kindOf(frame);
  return (
    (frame.entries as unknown[]).length === 1 && KINDS.includes(kind) && known.every((one) => kindOf(one) !== kind)
  );
}
