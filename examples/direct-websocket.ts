/**
 * The protocol `direct` in its shortest shape: a WebSocket, and JSON.
 *
 *   npx bun examples/direct-websocket.ts ws://localhost:8000/ws/1 2 "Hello!"
 *
 * Says that it is writing, says one message to user 2, and shows every frame that comes for three seconds.
 */
const [address = "ws://localhost:8000/ws/1", recipient = "2", message = "Hello!"] = process.argv.slice(2);
const ws = new WebSocket(address);

ws.onopen = () => {
  ws.send(
    JSON.stringify({
      type: "typing",
      recipient_id: Number(recipient),
      is_typing: true,
      timestamp: new Date().toISOString(),
    }),
  );
  ws.send(
    JSON.stringify({
      type: "message",
      recipient_id: Number(recipient),
      message,
      message_type: "text",
      timestamp: new Date().toISOString(),
    }),
  );
  setTimeout(() => ws.close(1000), 3_000);
};

ws.onmessage = (event) => {
  console.log("Received:", JSON.parse(event.data));
};

ws.onerror = () => {
  console.error(`There is no line to ${address}.`);
  process.exitCode = 1;
};
