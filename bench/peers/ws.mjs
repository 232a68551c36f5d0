// The broadcast of the documentation of ws: a send for each client. The path of the handshake is the room.
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";

const rooms = new Map();
const http = createServer();
const server = new WebSocketServer({ server: http });

server.on("connection", (own, { url }) => {
  const room = rooms.get(url) ?? new Set();
  rooms.set(url, room.add(own));
  own.on("close", () => room.delete(own));
  own.on("message", (data, isBinary) => {
    for (const client of room) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    }
  });
});

http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
