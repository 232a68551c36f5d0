/**
 * The smallest server of Bun that copies what each member of a room says to all: no people, no checks.
 *
 *     floor.ts PORT turn|each [FILE]
 *
 * `turn`: all that a room said in one turn of the loop is one frame. `each`: a frame for each message. With a FILE, each
 * turn is first committed to SQLite, as durable as Parley.
 */
import { Database } from "bun:sqlite";

const [port, frames, file] = process.argv.slice(2);
const said = new Map<string, string[]>();
const keep = file === undefined ? () => {} : keeper(file);

const server = Bun.serve<{ room: string }>({
  hostname: "127.0.0.1",
  port: Number(port),
  fetch(request, own) {
    const room = new URL(request.url).pathname;
    return own.upgrade(request, { data: { room } }) ? undefined : new Response(null, { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    backpressureLimit: 16 << 20,
    open(ws) {
      ws.subscribe(ws.data.room);
    },
    message({ data: { room } }, message) {
      if (said.size === 0) setImmediate(publish);
      const batch = said.get(room);
      if (batch) batch.push(message as string);
      else said.set(room, [message as string]);
    },
  },
});

function publish(): void {
  keep();
  for (const [room, batch] of said) {
    if (frames === "turn") server.publish(room, `[${batch.join()}]`);
    else for (const message of batch) server.publish(room, message);
  }
  said.clear();
}

/** Writes down what was said in this turn: one table, one transaction, one sync. */
function keeper(path: string): () => void {
  const db = new Database(path);
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = FULL");
  db.run("CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT NOT NULL, message TEXT NOT NULL)");
  const insert = db.prepare("INSERT INTO messages (room, message) VALUES (?, ?)");
  return db.transaction(() => {
    for (const [room, batch] of said) for (const message of batch) insert.run(room, message);
  });
}
