// Text both ways, one room. Run with Bun, or Node 22.18 or later:
//   bun examples/plain.ts http://localhost:8000 alice
import { given, Line, talk } from "./line.ts";

const {
  ws,
  rest: [name = ""],
} = given("alice");

const line = new Line(`${ws}/dialects/plain/ws/${encodeURIComponent(name)}`, {
  // "alice: hello" or "System: alice has joined the chat": it is to be read as it is.
  heard: (frame) => console.log(frame),
});

await talk(line, (text) => line.send(text));
