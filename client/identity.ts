import type { CursorRow } from "@parley/protocol/cursor";
import type { ClientFrame, Hello, MoreCursors } from "@parley/protocol/frames";
import type { Epoch } from "@parley/protocol/ids";
import { PROTOCOL_VERSION } from "@parley/protocol/version";
import type { Keep } from "./client.ts";
import { ownerOf } from "./owner.ts";

const NAME = "parley.token";
const SECRET_LENGTH = 43;
const ROWS_AT_ONCE = 1000;

/**
 * Who this client says it is: a token, and until the server has confirmed it, the name that it is to hold, or the name
 * and password of an account. A password is never kept.
 */
export class Identity {
  readonly #keep: Keep;
  readonly #randomKey: (length: number) => string;
  #token: string | null;
  #name: string | null;
  #account: { name: string; password: string } | null = null;
  /** The token before somebody signed in to an account. */
  #before: string | null = null;
  /** Made here, and not confirmed yet. */
  #fresh = false;
  /** The server does not know this token. */
  refused = false;

  constructor(given: { keep: Keep; randomKey: (length: number) => string; token?: string; name?: string }) {
    this.#keep = given.keep;
    this.#randomKey = given.randomKey;
    this.#token = given.token ?? this.#keep.get(NAME);
    this.#name = given.name ?? null;
  }

  /** True where there is something to say in a hello. */
  get ready(): boolean {
    return this.#token !== null || this.#name !== null || this.proving;
  }

  /** A password is being tried. */
  get proving(): boolean {
    return this.#account !== null;
  }

  /** Whose this is, as something that tells the token to nobody; null while there is no token. */
  get owner(): string | null {
    return this.#token === null ? null : ownerOf(this.#token);
  }

  hold(name: string): void {
    this.#name = name;
  }

  /** Tries to sign in to an account, with a token of its own. */
  prove(name: string, password: string): void {
    if (!this.proving) this.#before = this.#token;
    this.#account = { name, password };
    this.#name = null;
    this.#token = null;
  }

  /** The server said who this is: from now on the token alone says it. */
  confirmed(): void {
    this.#name = null;
    this.#account = null;
    this.#fresh = false;
    this.refused = false;
  }

  /** The server does not give this name, or does not know this password: another may be tried. */
  nameRefused(): void {
    const kept = this.proving ? this.#before : this.#fresh ? null : this.#token;
    this.#name = null;
    this.#account = null;
    if (kept === null) return this.forget();
    this.#token = kept;
    this.#keep.set(NAME, kept);
  }

  forget(): void {
    this.#token = null;
    this.#name = null;
    this.#account = null;
    this.refused = false;
    this.#keep.set(NAME, null);
  }

  /** The first frames of a line. A secret is kept before it is sent, so that a lost reply cannot make a second guest. */
  hello(epoch: Epoch | null, cursors: CursorRow[]): ClientFrame[] {
    if (this.#token === null) {
      this.#token = this.#randomKey(SECRET_LENGTH);
      this.#fresh = true;
    }
    this.#keep.set(NAME, this.#token);
    const who = this.#who(this.#token);
    const said = epoch === null ? {} : { epoch, ...pageOf(cursors, 0) };
    const hello: Hello = { t: "hello", version: PROTOCOL_VERSION, ...who, ...said };
    return epoch === null ? [hello] : [hello, ...rest(cursors)];
  }

  #who(secret: string): Pick<Hello, "token" | "guest" | "account"> {
    if (this.#account) return { account: { ...this.#account, secret } };
    return this.#name === null ? { token: secret } : { guest: { name: this.#name, secret } };
  }
}

function rest(cursors: CursorRow[]): MoreCursors[] {
  const frames: MoreCursors[] = [];
  for (let at = ROWS_AT_ONCE; at < cursors.length; at += ROWS_AT_ONCE) {
    frames.push({ t: "cursors", ...pageOf(cursors, at) });
  }
  return frames;
}

function pageOf(cursors: CursorRow[], at: number): { cursors: CursorRow[]; more?: true } {
  const page = cursors.slice(at, at + ROWS_AT_ONCE);
  return at + ROWS_AT_ONCE < cursors.length ? { cursors: page, more: true } : { cursors: page };
}
