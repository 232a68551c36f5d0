import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { startRest } from "../kit/rest.ts";

const node = startRest();
afterAll(() => node.inside.stop());

const { token } = await node.guest("Ada");
const room = await node.room(token, "Room");
const path = `/api/conversations/${room}/messages`;
const LIMIT = 131_072;

/** A body of exactly so many bytes. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ text: "hi", padding: "" });
  return empty.replace('""', `"${"x".repeat(bytes - empty.length)}"`);
}

function streamed(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(stream) {
      for (let from = 0; from < bytes.length; from += 10_000) stream.enqueue(bytes.slice(from, from + 10_000));
      stream.close();
    },
  });
}

async function post(key: string, body: BodyInit): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key };
  const response = await fetch(node.url + path, { method: "POST", headers, body });
  await response.body?.cancel();
  return response.status;
}

test("[REST10] a body of 128 KiB is taken, one byte more is not, announced or streamed", async () => {
  expect(await post("a", bodyOf(LIMIT))).toBe(201);
  expect(await post("b", bodyOf(LIMIT + 1))).toBe(413);
  expect(await post("c", streamed(bodyOf(LIMIT)))).toBe(201);
  expect(await post("d", streamed(bodyOf(LIMIT + 1)))).toBe(413);
});

/** What the server says to these bytes before the sender is done. */
function early(head: string[], chunk: string): Promise<string> {
  const { port } = new URL(node.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1");
    let heard = "";
    socket.on("data", (data) => {
      heard += data;
      if (!heard.includes("}")) return;
      socket.destroy();
      resolve(heard);
    });
    socket.on("error", reject);
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    const more = () => void (socket.destroyed || socket.write(chunk, () => setImmediate(more)));
    if (chunk) more();
  });
}

test("[REST10] a body that announces too much is refused before it comes, an endless one on the way", async () => {
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: parley",
    "Content-Type: application/json",
    "Idempotency-Key: endless",
    `Authorization: Bearer ${token}`,
  ];
  const announced = await early([...head, "Content-Length: 100000000"], "");
  const endless = await early([...head, "Transfer-Encoding: chunked"], `1000\r\n${"x".repeat(4096)}\r\n`);
  for (const heard of [announced, endless]) {
    expect(heard).toStartWith("HTTP/1.1 413 ");
    expect(heard).toContain('"code":"too_large"');
  }
});
