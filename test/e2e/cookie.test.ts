import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { openStage, test } from "./kit/stage.ts";

const stage = openStage();

/** What a page gets by `fetch`: status and body. */
function ask(
  page: Page,
  method: string,
  url: string,
  body?: object,
): Promise<{ status: number; body: { code?: string } }> {
  return page.evaluate(
    async ([method, url, body]) => {
      const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
      const response = await fetch(url, { method, headers, credentials: "include", ...(body !== "" && { body }) });
      return { status: response.status, body: await response.json() };
    },
    [method, url, body ? JSON.stringify(body) : ""] as const,
  );
}

/** The first frame that a socket of this page hears that says nothing but hello. */
function hello(page: Page, url: string): Promise<{ t: string; code?: string; you?: { name: string } }> {
  return page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => socket.send(JSON.stringify([{ t: "hello", version: 1 }]));
        socket.onmessage = ({ data }) => {
          socket.close();
          resolve(JSON.parse(data)[0]);
        };
      }),
    url,
  );
}

test(
  "[REST21] in a real browser a page of ours is who the cookie says, on the socket too, and a page of another port is nobody",
  stage.play(async (play) => {
    const socket = stage.url.replace("http", "ws");
    const { page } = await play.visit("Ada");
    expect((await ask(page, "POST", "/api/guests", { name: "Ada", cookie: true })).status).toBe(201);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    expect((await ask(page, "POST", "/api/rooms", { name: "By cookie" })).status).toBe(201);
    expect(await hello(page, `${socket}/socket`)).toMatchObject({ t: "welcome", you: { name: "Ada" } });

    const html = { headers: { "content-type": "text/html" } };
    const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("<!doctype html>", html) });
    try {
      await page.goto(`http://127.0.0.1:${other.port}/`);
      expect(await hello(page, `${socket}/socket`)).toMatchObject({ t: "error", code: "not_authenticated" });
      const refused = await ask(page, "POST", `${stage.url}/api/rooms`, { name: "Stolen" }).catch(
        () => "not let through",
      );
      expect(refused).toBe("not let through");
      // What browsers send without asking first, and without telling the answer.
      await page.evaluate(
        (url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: "{}" }),
        `${stage.url}/api/rooms`,
      );
      await page.goto(stage.url);
      const rooms = await ask(page, "GET", "/api/rooms");
      expect((rooms.body as { rooms: { name: string }[] }).rooms.map(({ name }) => name)).toEqual(["By cookie"]);
      expect((await ask(page, "POST", "/api/sign-out")).status).toBe(200);
      expect((await ask(page, "GET", "/api/me")).body.code).toBe("not_authenticated");
    } finally {
      await other.stop(true);
    }
    play.watch.noted.length = 0;
  }),
);
