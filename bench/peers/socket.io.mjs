// Socket.IO as its documentation shows it: a room for each chat, and everything that is said goes to the room.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
// The load generator answers no pings.
const io = new Server(http, { transports: ["websocket"], serveClient: false, pingInterval: 3_600_000 });

io.on("connection", (socket) => {
  let room = "";
  socket.on("join", (name) => {
    room = name;
    socket.join(room);
    socket.emit("joined", room);
  });
  socket.on("message", (text) => io.to(room).emit("message", text));
});

http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
