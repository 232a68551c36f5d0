import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Evidence } from "./compare.ts";
import { Guest } from "./guest.ts";
import type { Plan } from "./options.ts";
import { randomFrom } from "./random.ts";
import { within } from "./within.ts";

const AT_ONCE = 50;
const MOVES_IN_WITHIN = 30_000;
const PAGE = 100;
/** Digits as letters that nobody takes for each other. */
const LETTERS = "abcdefghkw";

/** The run cannot go on; its message is the one sentence to show. */
export class ProofError extends Error {
  override name = "ProofError";
}

/** All guests of a run and the rooms that they made for it. */
export class Crowd {
  readonly guests: Guest[];
  readonly rooms = new Map<ConversationId, Guest[]>();
  readonly #preambles = new Map<ConversationId, Seq>();
  readonly #plan: Plan;

  constructor(url: string, plan: Plan) {
    this.#plan = plan;
    this.guests = Array.from({ length: plan.clients }, (_, at) => new Guest(url, randomFrom(plan.seed + at + 1)));
  }

  /** Everybody gets a name and enters private rooms of this run. */
  async moveIn(): Promise<void> {
    const tag = spelled(Math.floor(Math.random() * 1_000_000));
    await inWaves(this.guests, async (guest, at) => {
      const there = guest.client.signIn(`Proof ${tag} ${spelled(at)}`).then(() => true);
      if (!(await within(MOVES_IN_WITHIN, there)))
        throw new ProofError("The server does not let clients in: none of them was greeted in 30 seconds.");
    });
    const groups = groupsOf(this.guests, this.#plan);
    await inWaves(groups, (members, at) => this.#openRoom(members, `Proof ${tag} ${spelled(at)}`));
  }

  async #openRoom(members: readonly Guest[], name: string): Promise<void> {
    const [owner, ...others] = members as [Guest, ...Guest[]];
    const { id } = await owner.client.createRoom({ name, visibility: "private" });
    this.rooms.set(id, [...members]);
    for (const guest of others) await owner.client.call("add_member", { conversation: id, user: guest.id });
    for (const guest of members) {
      const isIn = await guest.until(() => guest.client.conversation(id)?.role != null, MOVES_IN_WITHIN);
      if (!isIn) throw new ProofError("A client was added to a room and did not hear of it in 30 seconds.");
      guest.rooms.push(id);
    }
    this.#preambles.set(id, (await owner.client.call("mark", { conversation: id })).as_of);
  }

  /** Waits until everybody is back, has every answer, and holds everything that the server has. */
  async comeToRest(most: number): Promise<void> {
    const until = performance.now() + most;
    const left = () => Math.max(1, until - performance.now());
    for (const guest of this.guests) guest.client.connect();
    await Promise.all(this.guests.map((guest) => guest.until(() => isQuiet(guest), left())));
    for (const [room, members] of this.rooms) {
      const told = await within(left(), ownerOf(members).client.call("mark", { conversation: room }));
      if (!told) throw new ProofError("The server stopped answering.");
      await Promise.all(
        members.map((guest) => guest.until(() => (guest.client.conversation(room)?.head ?? 0) >= told.as_of, left())),
      );
    }
  }

  /** Everything that is known of one room. */
  async evidence(room: ConversationId): Promise<Evidence> {
    const members = this.rooms.get(room) as Guest[];
    const { log, head } = await historyOf(ownerOf(members), room);
    return {
      head,
      log,
      acknowledged: members.flatMap((guest) => guest.told.filter((told) => told.conversation === room)),
      copies: await Promise.all(members.map((guest) => guest.copy(room))),
      unanswered: members.reduce((sum, guest) => sum + guest.unanswered(room), 0),
      preamble: this.#preambles.get(room) ?? 0,
    };
  }

  /** Deletes the rooms and ends the accounts. What could not be reached in time stays behind, and is counted. */
  async moveOut(most: number): Promise<{ rooms: number; guests: number }> {
    const until = performance.now() + most;
    const left = () => Math.max(1, until - performance.now());
    const behind = { rooms: this.rooms.size, guests: this.guests.length };
    await inWaves([...this.rooms], async ([conversation, members]) => {
      const { client } = ownerOf(members);
      client.connect();
      if (await within(left(), client.call("delete_room", { conversation }).catch(ignore))) behind.rooms--;
    });
    await inWaves(this.guests, async (guest) => {
      guest.client.connect();
      const gone = guest.until(() => hasEnded(guest), left());
      const ended = guest.client.call("delete_account", {}).catch(ignore);
      if (await within(left(), Promise.race([ended, gone]))) behind.guests--;
      guest.client.signOut();
    });
    return behind;
  }
}

function isQuiet(guest: Guest): boolean {
  const { client } = guest;
  return client.line.is === "live" && guest.rooms.every((room) => guest.unanswered(room) === 0);
}

/** Nobody knows this guest any more, here or there. */
function hasEnded({ client }: Guest): boolean {
  return client.line.is === "stopped" || client.line.is === "signed_out";
}

function ownerOf(members: readonly Guest[]): Guest {
  return members[0] as Guest;
}

/** Who meets where: rooms of one size, in which everybody meets others as different as possible. */
function groupsOf(guests: readonly Guest[], { rooms, roomsEach }: Plan): Guest[][] {
  const groups = Array.from({ length: rooms }, (): Guest[] => []);
  guests.forEach((guest, at) => {
    for (let n = 0; n < roomsEach; n++) {
      const step = 1 + (Math.floor(at / rooms) % Math.max(1, rooms - 1));
      groups[(at + n * (roomsEach === rooms ? 1 : step)) % rooms]?.push(guest);
    }
  });
  return groups.filter((group) => group.length > 0);
}

async function historyOf({ client }: Guest, conversation: ConversationId): Promise<{ log: Item[]; head: Seq }> {
  const log: Item[] = [];
  for (let after = 0; ; ) {
    const page = await client.call("history", { conversation, after, limit: PAGE });
    log.push(...page.items);
    if (page.to >= page.as_of || page.to <= after) return { log, head: page.as_of };
    after = page.to;
  }
}

/** Carries something out for each, so many at once. */
export async function inWaves<T>(all: readonly T[], act: (one: T, at: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) {
    await Promise.all(all.slice(from, from + AT_ONCE).map((one, at) => act(one, from + at)));
  }
}

function spelled(at: number): string {
  return [...`${at}`].map((digit) => LETTERS[Number(digit)]).join("");
}

function ignore(): null {
  return null;
}
