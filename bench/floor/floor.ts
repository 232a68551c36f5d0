/** The smallest server of Bun that copies what each member of a room says to all: no people, no storage, no checks. */
const port = Number(process.argv[2]);
const said = new Map<string, string[]>();

const server = Bun.serve<{ room: string }>({
  hostname: "127.0.0.1",
  port,
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
  for (const [room, batch] of said) server.publish(room, `[${batch.join()}]`);
  said.clear();
}
