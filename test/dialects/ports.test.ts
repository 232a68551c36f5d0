import { beforeAll, expect, test } from "bun:test";
import { handshake, OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const listen = "0=messenger,0=broadcast,0=rooms,0=direct,0=plain,0";
const parley = new OneParley({ PARLEY_LISTEN: listen });
const ports: Record<string, string> = {};

beforeAll(async () => {
  ports.none = parley.url;
  for (const name of ["messenger", "broadcast", "rooms", "direct", "plain"]) {
    const port = await parley.said(new RegExp(`port (\\d+) speaks ${name}`));
    ports[name] = `http://127.0.0.1:${port}`;
  }
});

/** What somebody hears first at this address. */
async function greeting(port: string, path: string): Promise<string> {
  const client = await OldClient.open(`${ports[port]}${path}`);
  const frame = await client.next();
  await client.leave();
  return frame;
}

const refused = { status: 403, body: "" };

test("[DIA1] a port of a dialect speaks it wherever the address leaves open which is meant, and all others by their shape", async () => {
  expect(await greeting("plain", "/ws/alice")).toBe("System: alice has joined the chat");
  expect(await greeting("plain", "/ws/123")).toBe("System: 123 has joined the chat");
  expect(await greeting("broadcast", "/ws/alice")).toContain('"type":"user_joined","user_name":"alice"');
  expect(await greeting("broadcast", "/ws/-5")).toContain('"user_name":"-5"');
  expect(await greeting("direct", "/ws/5")).toContain('"type":"connection_established","user_id":5');
  expect(await handshake(`${ports.direct}/ws/alice`)).toEqual(refused);
  expect(await greeting("messenger", "/ws/chat/7?username=bob")).toContain('"text":"7 joined the chat"');
  expect(await handshake(`${ports.rooms}/ws/chat/alice`)).toEqual(refused);
  expect(await greeting("messenger", "/ws/alice")).toContain('"type":"user_joined"');
  expect(await greeting("none", "/ws/alice")).toContain('"type":"user_joined"');
  expect(await greeting("none", "/ws/5")).toContain('"type":"connection_established"');
  expect(await greeting("none", "/ws/chat/alice")).toContain('"text":"alice joined the chat"');
});

test("[DIA1] a path below /dialects/<name>/ is that dialect's on every port, over HTTP too", async () => {
  for (const port of Object.keys(ports)) {
    expect(await greeting(port, "/dialects/plain/ws/7")).toBe("System: 7 has joined the chat");
    expect(await greeting(port, "/dialects/messenger/ws/chat/7?username=x")).toContain('"text":"7 joined the chat"');
    expect(await handshake(`${ports[port]}/dialects/plain/ws/chat/a`)).toEqual(refused);
    expect(await handshake(`${ports[port]}/dialects/unknown/ws/a`)).toEqual(refused);
  }
});

test("[DIA5] what this server answers to everybody stands below the prefix of a dialect that has such a path, and nothing else does", async () => {
  const asked = async (path: string, method = "GET") => {
    const answer = await fetch(ports.none + path, { method, headers: { origin: "https://example.org" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    return { status: answer.status, body: await answer.json() };
  };
  const health = await asked("/dialects/broadcast/health");
  expect(health).toMatchObject({ status: 200, body: { status: "healthy", active_connections: expect.any(Number) } });
  expect(await asked("/dialects/rooms/health")).toMatchObject({ status: 200, body: { status: "healthy" } });
  expect((await asked("/dialects/broadcast/stats")).body).toMatchObject({ total_messages: 0 });
  expect((await asked("/dialects/broadcast/room/main/stats")).body).toMatchObject({ room_id: "main", user_count: 0 });
  expect((await asked("/dialects/broadcast/health", "POST")).status).toBe(405);
  for (const path of [
    "/dialects/plain/health",
    "/dialects/broadcast/ready",
    "/dialects/broadcast/api/me",
    "/dialects/rooms/stats",
  ]) {
    expect([path, await asked(path)]).toEqual([path, { status: 404, body: { detail: "Not Found" } }]);
  }
});
