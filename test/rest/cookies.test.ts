import { afterAll, expect, test } from "bun:test";
import { startRest } from "../kit/rest.ts";

const node = startRest();
const behind = startRest({ trusted: ["127.0.0.1"] });
afterAll(() => Promise.all([node.inside.stop(), behind.inside.stop()]));

const own = { "sec-fetch-site": "same-origin" };
const TLS = { "x-forwarded-proto": "https", "x-forwarded-host": "Chat.Example.org" };

/** What a browser keeps after somebody came in on one of our own pages. */
async function cameIn(name: string, at = node, headers: Record<string, string> = own) {
  const response = await at.raw("POST", "/api/guests", { body: { name, cookie: true }, headers });
  const body = (await response.json()) as { token?: string; person: { id: number } };
  const set = response.headers.get("set-cookie") ?? "";
  return { status: response.status, body, set, cookie: set.split(";")[0] ?? "" };
}

test("[REST20] a browser that asks for it keeps the token, where no script and no other site gets at it", async () => {
  const { status, body, set } = await cameIn("Ada");
  expect(status).toBe(201);
  expect(Object.keys(body)).toEqual(["person"]);
  expect(set).toMatch(/^parley=[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Strict$/);
  const plain = await node.raw("POST", "/api/guests", { body: { name: "Ben" }, headers: own });
  expect(plain.headers.get("set-cookie")).toBeNull();
});

test("[REST20] behind a trusted proxy with TLS the cookie is for TLS and for this host alone; others are not believed", async () => {
  const { set, cookie } = await cameIn("Ada", behind, { ...own, ...TLS });
  expect(set).toMatch(/^__Host-parley=[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Strict; Secure$/);
  expect((await behind.ask("GET", "/api/me", { headers: { ...TLS, cookie } })).status).toBe(200);
  const planted = cookie.replace("__Host-", "");
  expect(await behind.refusal("GET", "/api/me", { headers: { ...TLS, cookie: planted } })).toBe("not_authenticated");
  expect((await cameIn("Cleo", node, { ...own, ...TLS })).set).toStartWith("parley=");
});

test("[REST20] with the cookie one is who one is; a token by hand goes before it, and a broken one is nobody's", async () => {
  const { cookie, body } = await cameIn("Dora");
  const me = async (headers: Record<string, string>, token?: string) =>
    (await node.ask("GET", "/api/me", { headers, ...(token !== undefined && { token }) })).body as {
      person: { id: number };
    };
  expect((await me({ cookie })).person.id).toBe(body.person.id);
  expect((await me({ cookie: `a=b; ${cookie}; c="d"` })).person.id).toBe(body.person.id);
  const eve = await node.guest("Eve");
  expect((await me({ cookie }, eve.token)).person.id).toBe(eve.person.id);
  const refused = (headers: Record<string, string>) => node.refusal("GET", "/api/me", { headers });
  expect(await refused({ cookie: "parley=" })).toBe("not_authenticated");
  expect(await refused({ cookie: `other=${cookie.slice(7)}` })).toBe("not_authenticated");
  expect(await refused({ cookie: `${cookie}x` })).toBe("bad_token");
});

test("[REST21] with a cookie only a page of our own changes anything; what is read tells other sites nothing", async () => {
  const { cookie } = await cameIn("Frida");
  const host = new URL(node.url).host;
  let made = 0;
  const make = (headers: Record<string, string>) =>
    node.ask("POST", "/api/rooms", {
      headers: { cookie, ...headers },
      key: `k${made++}`,
      body: { name: `Room ${made}` },
    });
  const ours: Record<string, string>[] = [own, { origin: node.url }, { ...own, origin: "http://renamed.example" }];
  for (const headers of ours)
    expect({ headers, status: (await make(headers)).status }).toEqual({ headers, status: 201 });
  const theirs: Record<string, string>[] = [
    {},
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "" },
    { "sec-fetch-site": "cross-site", origin: node.url },
    { origin: "null" },
    { origin: "https://elsewhere.example" },
    { origin: `http://127.0.0.1:1` },
    { origin: `http://${host}.elsewhere.example` },
    { origin: `http://user@${host}x` },
    { referer: `${node.url}/` },
  ];
  for (const headers of theirs) {
    expect({ headers, body: (await make(headers)).body }).toMatchObject({ headers, body: { code: "forbidden" } });
  }
  const { body } = await node.ask("GET", "/api/rooms", { headers: { cookie } });
  expect((body as { rooms: object[] }).rooms).toHaveLength(ours.length);
  const read = await node.raw("GET", "/api/me", { headers: { cookie, origin: "https://elsewhere.example" } });
  expect(read.headers.get("access-control-allow-origin")).toBeNull();
  expect(read.headers.get("access-control-allow-credentials")).toBeNull();
});

test("[REST21] every operation that changes something is refused to other sites before anything of it is looked at", async () => {
  const { cookie } = await cameIn("Gustav");
  const asked: [string, string][] = [
    ["PATCH", "/api/me"],
    ["PUT", "/api/me/password"],
    ["DELETE", "/api/me"],
    ["POST", "/api/sign-out"],
    ["POST", "/api/owner"],
    ["PUT", "/api/conversations/1/marks"],
    ["DELETE", "/api/conversations/1/messages/1"],
  ];
  for (const [method, path] of asked) {
    const headers = { cookie, "sec-fetch-site": "same-site" };
    expect(await node.refusal(method, path, { headers, body: "{" })).toBe("forbidden");
  }
  expect((await node.ask("GET", "/api/me", { headers: { cookie } })).status).toBe(200);
});

test("[REST21] another site cannot sign a browser in either, as itself or anybody", async () => {
  const { token } = await node.guest("Hugo");
  await node.ask("PUT", "/api/me/password", { token, key: "p", body: { password: "a good password" } });
  const body = { name: "Hugo", password: "a good password", cookie: true };
  for (const headers of [{}, { origin: "https://elsewhere.example" }, { "sec-fetch-site": "cross-site" }]) {
    expect(await node.refusal("POST", "/api/sign-in", { headers, body })).toBe("forbidden");
    expect(await node.refusal("POST", "/api/guests", { headers, body: { name: "Planted", cookie: true } })).toBe(
      "forbidden",
    );
  }
  const response = await node.raw("POST", "/api/sign-in", { headers: own, body });
  expect(Object.keys((await response.json()) as object)).toEqual(["person"]);
  const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect((await node.ask("GET", "/api/me", { headers: { cookie } })).body).toMatchObject({ person: { name: "Hugo" } });
});

test("[REST20] whoever signs out by their cookie loses it, and so does whoever ends their account", async () => {
  for (const [method, path] of [
    ["POST", "/api/sign-out"],
    ["DELETE", "/api/me"],
  ] as const) {
    const { cookie } = await cameIn("Ines");
    const response = await node.raw(method, path, { headers: { cookie, ...own }, key: "out" });
    expect(response.status).toBe(200);
    expect(response.headers.get("set-cookie")).toBe("parley=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    expect(await node.refusal("GET", "/api/me", { headers: { cookie } })).toBe("bad_token");
  }
  const { token } = await node.guest("Jon");
  const byHand = await node.raw("POST", "/api/sign-out", { token, key: "out" });
  expect([byHand.status, byHand.headers.get("set-cookie")]).toEqual([200, null]);
});

test("[REST20] no log has a cookie's token", async () => {
  const { cookie } = await cameIn("Karl");
  await node.ask("GET", "/api/me", { headers: { cookie } });
  expect(node.inside.said.join("")).not.toContain(cookie.slice(7));
});
