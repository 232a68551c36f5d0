import type { Database } from "bun:sqlite";
import { findableAs } from "../naming.ts";
import type { Step } from "./migrate.ts";

/**
 * Every step from an empty database to the present one, in order. A step that was released is never changed.
 *
 * `entries.live` is 1 for a message that was not deleted. `place` covers the counting of unread messages; that a seq
 * is there once follows from the head row, which gives it. `digest` is null where the key claims nothing. `claim` begins
 * with the key: keys that begin with a time then stand beside each other, and a batch touches few pages.
 * `users.findable` is the text in which somebody is looked for, empty once their account was ended.
 * `users.open` is 1 for whoever needs no proof; those with an id below 1,000,000 are found by it, the others by name.
 * `conversations.messages` counts messages ever written there, deleted ones too.
 * `conversations.moved` counts the commits that moved marks of which the conversation's followers are told.
 * A row of `blocks` says that `user` takes no messages from `blocked`.
 * A row of `moves` says that a mark (kind 0 delivered, 1 read) went from `past` to `seq` at a time.
 */
export const MIGRATIONS: readonly Step[] = [
  `
  CREATE TABLE conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT,
    folded TEXT NOT NULL,
    topic TEXT,
    visibility TEXT NOT NULL,
    owner INTEGER,
    head INTEGER NOT NULL DEFAULT 0,
    head_check INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    members INTEGER NOT NULL DEFAULT 0,
    closed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX lobby ON conversations (closed) WHERE kind = 'room' AND visibility = 'public' AND closed = 0;

  CREATE TABLE directs (
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    PRIMARY KEY (low, high)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    live INTEGER NOT NULL,
    author INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    time INTEGER NOT NULL,
    digest INTEGER,
    key TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX place ON entries (conversation, seq, live, author);
  CREATE UNIQUE INDEX claim ON entries (key, conversation, author) WHERE digest IS NOT NULL;
  CREATE INDEX told ON entries (conversation, body ->> '$.conversation') WHERE kind = 8;

  CREATE TABLE edits (
    conversation INTEGER NOT NULL,
    target INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, target, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE mentions (
    conversation INTEGER NOT NULL,
    user INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, user, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE members (
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    user INTEGER NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    joined INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    read INTEGER NOT NULL,
    PRIMARY KEY (conversation, user)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memberships ON members (user, conversation);

  CREATE TABLE spans (
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    user INTEGER NOT NULL REFERENCES users (id),
    began INTEGER NOT NULL,
    ended INTEGER,
    PRIMARY KEY (conversation, user, began)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    inbox INTEGER NOT NULL REFERENCES conversations (id)
  ) STRICT;
  CREATE INDEX handles ON users (handle);
  INSERT INTO sqlite_sequence (name, seq) VALUES ('users', 999999);

  CREATE TABLE holdings (
    look TEXT PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    by_handle INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX holders ON holdings (user);

  CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    used INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uses ON tokens (user, used);
  `,
  `
  CREATE TABLE moves (
    conversation INTEGER NOT NULL,
    user INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    past INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (conversation, user, kind, seq)
  ) STRICT, WITHOUT ROWID;
  `,
  makeFindable,
  "ALTER TABLE conversations ADD COLUMN moved INTEGER NOT NULL DEFAULT 0",
  `
  ALTER TABLE users ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
  CREATE UNIQUE INDEX open_names ON users (name) WHERE open = 1 AND id >= 1000000;
  `,
  "CREATE INDEX named ON conversations (name) WHERE kind = 'room' AND visibility = 'public' AND closed = 0",
  `
  ALTER TABLE conversations ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
  UPDATE conversations SET messages =
    (SELECT count(*) FROM entries AS e WHERE e.conversation = conversations.id AND e.kind = 4);
  `,
  "ALTER TABLE users ADD COLUMN password TEXT",
  `
  CREATE TABLE blocks (
    user INTEGER NOT NULL REFERENCES users (id),
    blocked INTEGER NOT NULL REFERENCES users (id),
    PRIMARY KEY (user, blocked)
  ) STRICT, WITHOUT ROWID;
  `,
];

function makeFindable(db: Database): void {
  db.run("ALTER TABLE users ADD COLUMN findable TEXT NOT NULL DEFAULT ''");
  const all = db.query<{ id: number; name: string; handle: string }, []>(
    "SELECT u.id, u.name, u.handle FROM users AS u JOIN conversations AS c ON c.id = u.inbox WHERE c.closed = 0",
  );
  const update = db.query("UPDATE users SET findable = ? WHERE id = ?");
  for (const { id, ...names } of all.all()) update.run(findableAs(names), id);
}
