import type { Args, Result } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { Actor } from "./actor.ts";
import { type AttemptLimits, Attempts } from "./attempts.ts";
import type { Calendar } from "./calendar.ts";
import type { Draft, Write } from "./commit.ts";
import { carryOut, type KeyedParts } from "./keyed.ts";
import { codePoints, skeleton } from "./names.ts";
import { checkSecret, spread } from "./people.ts";
import type { Clock, Passwords } from "./ports.ts";
import type { User } from "./rows.ts";
import { personOf } from "./summary.ts";

export interface AccessLimits {
  /** Of a password, in code points. */
  passwordLeast: number;
  passwordMost: number;
  /** Tokens that one person has; a further one ends the one that was not used for longest. */
  tokens: number;
  /** Wrong passwords: for one name from one place, and for one name or person from everywhere. */
  guesses: AttemptLimits;
  guessesOfAll: AttemptLimits;
}

export interface AccessParts extends KeyedParts {
  clock: Clock;
  calendar: Calendar;
  passwords: Passwords;
  limits: AccessLimits;
}

/** What somebody says who signs in; `secret` becomes their token. */
export interface SigningIn {
  name: string;
  password: string;
  secret: string;
}

/** Passwords and tokens: how people prove who they are. */
export class Access {
  readonly #parts: AccessParts;
  readonly #guesses: Attempts;
  readonly #guessesOfAll: Attempts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
    this.#guesses = new Attempts(parts.clock, parts.limits.guesses);
    this.#guessesOfAll = new Attempts(parts.clock, parts.limits.guessesOfAll);
  }

  /**
   * Sets a password, with which a guest becomes a member whose names are kept for good; another one takes the `old`.
   * The password is not kept, not even as a digest of the command: the same key with another one is `key_reused`.
   */
  async setPassword(actor: Actor, args: Args<"set_password">): Promise<Result<"set_password">> {
    const { store, passwords } = this.#parts;
    const { user } = actor;
    if (user.open) throw new ChatError("forbidden", "Anybody may be this person: there is nothing to prove.");
    const right = this.#guessesOfAll.begin(`person ${user.id}`);
    const done = await carryOut(this.#parts, actor, {
      name: "set_password",
      log: user.inbox,
      key: args.key,
      content: null,
      decide: (digest) => this.#securing(user, args, digest),
    });
    if (done.again && !(await passwords.matches(composed(args.password), await store.passwordOf(user.id)))) {
      throw new ChatError("key_reused");
    }
    right();
    const [now = user] = await store.users([user.id]);
    if (user.kind === "guest" || done.again) await this.#tellKind(now);
    return { person: personOf(now) };
  }

  /**
   * Makes `secret` a token of whoever has this shown or unique name and this password; again the same is the same.
   * `from` is where it is asked from. Throws `wrong_password`, `too_fast`, and `bad_token` for a secret of another's.
   */
  async signIn({ name, password, secret }: SigningIn, from: string): Promise<User> {
    const { store, passwords, digests, calendar, limits } = this.#parts;
    checkSecret(secret);
    const look = skeleton(name);
    const right = [this.#guesses.begin(`${from} ${look}`), this.#guessesOfAll.begin(look)];
    const found = await store.claimant(name);
    // As much work for a name that nobody has: how long it takes tells nothing.
    const matches = await passwords.matches(composed(password), found?.password ?? null);
    if (!found || !matches) throw new ChatError("wrong_password");
    const { user, password: hash } = found;
    const token = { user: user.id, tokenHash: digests.token(secret), password: hash, time: calendar.now() };
    if (!(await store.addToken({ ...token, most: limits.tokens }))) {
      throw new ChatError((await store.passwordOf(user.id)) === hash ? "bad_token" : "wrong_password");
    }
    for (const takeBack of right) takeBack();
    return user;
  }

  /** Ends the token of whoever acts, or all of theirs; every socket of an ended token closes. */
  async signOut(actor: Actor, { key, everywhere = false }: Args<"sign_out">): Promise<Result<"sign_out">> {
    const { clock } = this.#parts;
    const { user, token } = actor;
    if (token === undefined) throw new ChatError("forbidden", "Nobody signed in here.");
    await carryOut(this.#parts, actor, {
      name: "sign_out",
      log: user.inbox,
      key,
      content: [everywhere, token],
      decide: async (digest): Promise<Write> => ({
        time: clock.now(),
        guards: [{ is: "open", conversation: user.inbox }],
        access: { user: user.id, ends: everywhere ? "all" : { tokenHash: token } },
        drafts: [inInbox(user, key, digest, { kind: "signed_out", body: { everywhere } })],
      }),
    });
    return {};
  }

  async #securing(user: User, { key, password, old }: Args<"set_password">, digest: number): Promise<Write> {
    const { store, clock, passwords } = this.#parts;
    this.#check(password, user);
    const hash = await store.passwordOf(user.id);
    if (hash !== null && !(await passwords.matches(composed(old ?? ""), hash))) throw new ChatError("wrong_password");
    return {
      time: clock.now(),
      guards: [
        { is: "open", conversation: user.inbox },
        { is: "password", user: user.id, hash },
        { is: "holder", user: user.id },
      ],
      access: { user: user.id, password: await passwords.hash(composed(password)) },
      drafts: [inInbox(user, key, digest, { kind: "secured", body: {} })],
    };
  }

  #check(password: string, { name, handle }: User): void {
    const { passwordLeast, passwordMost } = this.#parts.limits;
    const length = codePoints(composed(password));
    if (!password.isWellFormed() || length < passwordLeast || length > passwordMost) {
      throw new ChatError("bad_password", `A password has ${passwordLeast} to ${passwordMost} characters.`);
    }
    if ([name, handle].some((own) => skeleton(own) === skeleton(password))) {
      throw new ChatError("bad_password", "A name is known to everybody: take something else.");
    }
  }

  /** Whoever became a member is one in everything they are in. That happens once, and so under a key of its own. */
  async #tellKind(user: User): Promise<void> {
    const places = (await this.#parts.store.memberships(user.id)).map(({ row }) => row.id);
    await spread(this.#parts, user, [user.inbox, ...places], "member");
  }
}

/** However it was typed: composed and decomposed letters are the same password. */
function composed(password: string): string {
  return password.normalize("NFC");
}

type Said =
  | Pick<Extract<Draft, { kind: "secured" }>, "kind" | "body">
  | Pick<Extract<Draft, { kind: "signed_out" }>, "kind" | "body">;

function inInbox({ id, inbox }: User, key: string, digest: number, said: Said): Draft {
  return { conversation: inbox, author: id, key, digest, ...said };
}
