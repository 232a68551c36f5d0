import type { Args, CommandName, Receipt, Result } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Key, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Page } from "@parley/protocol/messages";
import type { Client, ClientOptions } from "./client.ts";
import type { Draft } from "./drafts.ts";
import { Engine } from "./engine.ts";
import type { VaultState } from "./vault/vault.ts";
import type { Conversation, ConversationView, Line, Person, Timeline, WireLimits } from "./views.ts";

const KEY_LENGTH = 22;
const PAGE = 50;

type Keyed = { [C in CommandName]: Args<C> extends { key: string } ? C : never }[CommandName];

/** Commands that change something, and so carry a key. */
const KEYED: Record<Keyed, true> = {
  create_room: true,
  join: true,
  leave: true,
  rename: true,
  delete_room: true,
  open_direct: true,
  create_group: true,
  add_member: true,
  remove_member: true,
  post: true,
  edit: true,
  delete: true,
  update_profile: true,
  set_password: true,
  sign_out: true,
  block: true,
  unblock: true,
  delete_account: true,
};

/** A client of one server. Nothing happens before `signIn` or `connect`. */
export function createClient(options: ClientOptions): Client {
  return new ParleyClient(options);
}

class ParleyClient implements Client {
  readonly #engine: Engine;
  #line: Line = { is: "signed_out" };

  constructor(options: ClientOptions) {
    this.#engine = new Engine(options);
  }

  get line(): Line {
    const line = this.#engine.connection.line();
    if (!same(line, this.#line)) this.#line = Object.freeze(line);
    return this.#line;
  }

  get me(): Person | null {
    return this.#engine.session.me;
  }

  get limits(): WireLimits {
    return this.#engine.session.limits;
  }

  get vault(): VaultState {
    return this.#engine.custody?.state ?? "none";
  }

  subscribe = (changed: () => void): (() => void) => this.#engine.changes.subscribe(changed);

  signIn(name?: string, password?: string): Promise<Person> {
    const { session, identity, connection } = this.#engine;
    const { me, greeted } = session;
    if (me && greeted && !identity.refused) {
      connection.open();
      return Promise.resolve(me);
    }
    if (name !== undefined && password !== undefined) identity.prove(name, password);
    else if (name !== undefined) identity.hold(name);
    if (!identity.ready) return Promise.reject(new ChatError("not_authenticated"));
    const admission = session.admission();
    connection.open();
    return admission;
  }

  signOut(): void {
    const { session, calls, connection } = this.#engine;
    const { me } = session;
    if (me && me.kind !== "guest" && connection.up) calls.once({ t: "sign_out", key: this.#newKey() }, () => {});
    this.#forget();
  }

  async signOutEverywhere(): Promise<void> {
    await this.call("sign_out", { everywhere: true }).catch((error) => {
      // Where the answer was lost, the token is not known any more, and that is what was asked for.
      if (!(error instanceof ChatError) || error.code !== "bad_token") throw error;
    });
    this.#forget();
  }

  async setPassword(password: string, old?: string): Promise<Person> {
    return (await this.call("set_password", old === undefined ? { password } : { password, old })).person;
  }

  connect(): void {
    if (this.#engine.identity.ready) this.#engine.connection.open();
  }

  disconnect(): void {
    this.#engine.connection.close({ is: "stopped", code: 1000, reason: "Disconnected here." });
  }

  tryNow(): void {
    this.#engine.connection.tryNow();
  }

  conversations(): readonly ConversationView[] {
    return this.#engine.sights.list();
  }

  conversation(id: ConversationId): ConversationView | undefined {
    return this.#engine.sights.conversation(id);
  }

  timeline(id: ConversationId): Timeline {
    return this.#engine.sights.timeline(id);
  }

  person(id: UserId): Person | undefined {
    return this.#engine.people.get(id);
  }

  reachedAt(conversation: ConversationId, state: "delivered" | "read"): Time | null | undefined {
    return this.#engine.receipts.at(conversation, state);
  }

  hasBlocked(user: UserId): boolean | undefined {
    return this.#engine.blocks.has(user);
  }

  post(conversation: ConversationId, text: string): { key: Key; sent: Promise<Receipt> } {
    const draft = this.#draft({ is: "post", conversation, text });
    this.#engine.looks.wrote(conversation, this.#engine.session.id);
    const sent = this.#engine.outbox.add(draft);
    // A refusal is shown as a failed message; whoever wants it as a rejection too awaits `sent`.
    sent.catch(() => {});
    return { key: draft.key, sent };
  }

  retry(key: Key): void {
    this.#engine.outbox.retry(key);
  }

  discard(key: Key): void {
    this.#engine.outbox.discard(key);
  }

  edit(conversation: ConversationId, target: Seq, text: string): Promise<Receipt> {
    return this.#engine.outbox.add(this.#draft({ is: "edit", conversation, target, text }));
  }

  delete(conversation: ConversationId, target: Seq): Promise<Receipt> {
    return this.#engine.outbox.add(this.#draft({ is: "delete", conversation, target }));
  }

  async createRoom(room: { name: string; topic?: string; visibility?: "public" | "private" }): Promise<Conversation> {
    return (await this.call("create_room", room)).conversation;
  }

  async join(conversation: ConversationId): Promise<Conversation> {
    return (await this.call("join", { conversation })).conversation;
  }

  async leave(conversation: ConversationId): Promise<Receipt> {
    const receipt = await this.call("leave", { conversation });
    this.#engine.replica.left(conversation, receipt.seq);
    return receipt;
  }

  async openDirect(user: UserId): Promise<Conversation> {
    return (await this.call("open_direct", { user })).conversation;
  }

  block(user: UserId): Promise<Receipt> {
    return this.call("block", { user });
  }

  unblock(user: UserId): Promise<Receipt> {
    return this.call("unblock", { user });
  }

  async createGroup(members: readonly UserId[], name?: string): Promise<Conversation> {
    const group = name === undefined ? { members: [...members] } : { members: [...members], name };
    return (await this.call("create_group", group)).conversation;
  }

  call<C extends CommandName>(command: C, args: Omit<Args<C>, "key">): Promise<Result<C>> {
    const written = this.#asDraft(command, args);
    if (written) return this.#engine.outbox.add(this.#draft(written)) as Promise<Result<C>>;
    const key = command in KEYED ? { key: this.#newKey() } : {};
    return this.#engine.call(command, { ...args, ...key } as unknown as Args<C>);
  }

  loadOlder(conversation: ConversationId, limit: number = PAGE): Promise<Page | null> {
    return this.#engine.pages.older(conversation, limit);
  }

  async fill(conversation: ConversationId, from: Seq, to: Seq): Promise<void> {
    const log = this.#engine.replica.logs.get(conversation);
    // What is held is one stretch: the newer end of a hole is always right below it.
    if (log && from < log.low && to >= log.low - 1) await this.#engine.pages.older(conversation, PAGE);
  }

  markRead(conversation: ConversationId, seq: Seq): void {
    const log = this.#engine.replica.logs.get(conversation);
    const read = Math.min(seq, log?.cursor.seq ?? 0);
    if (!log || log.summary.role === null || read <= log.summary.read) return;
    this.#engine.report(log, { read });
    log.moveOwn(read, read, this.#engine.session.id);
    this.#engine.changed(conversation);
  }

  typing(conversation: ConversationId, active: boolean): void {
    this.#engine.looks.write(conversation, active);
  }

  look(conversations: readonly ConversationId[]): void {
    this.#engine.looks.look(conversations);
  }

  #forget(): void {
    this.#engine.connection.close({ is: "signed_out" });
    this.#engine.forget(new ChatError("not_authenticated", "Signed out."));
  }

  /** Begins with the time: servers keep the keys in order, and new ones beside each other cost them least. */
  #newKey(): Key {
    const { clock, randomKey } = this.#engine.around;
    return clock.now().toString(36) + randomKey(KEY_LENGTH);
  }

  #draft(written: Written): Draft {
    return { ...written, key: this.#newKey(), time: this.#engine.around.clock.now() };
  }

  /** Posts, edits and deletions go through the outbox, also where they come as commands: their order holds there. */
  #asDraft(command: CommandName, args: object): Written | null {
    if (command === "post") return { is: "post", ...(args as Omit<Args<"post">, "key">) };
    if (command === "edit") return { is: "edit", ...(args as Omit<Args<"edit">, "key">) };
    return command === "delete" ? { is: "delete", ...(args as Omit<Args<"delete">, "key">) } : null;
  }
}

/** A draft before it has its key and time. */
type Written = Draft extends infer D ? (D extends Draft ? Omit<D, "key" | "time"> : never) : never;

function same(one: Line, other: Line): boolean {
  const keys = Object.keys(one) as (keyof Line)[];
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
