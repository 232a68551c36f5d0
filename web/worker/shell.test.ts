import { expect, test } from "bun:test";
import { Shell, type ShellParts } from "./shell.ts";

const ORIGIN = "http://parley.test";

/** A browser with caches, and a server that answers with `says`, or not at all. */
function place(says: (path: string) => Response | null = (path) => new Response(`server ${path}`)) {
  const caches = new Map<string, Map<string, string>>();
  const asked: string[] = [];
  let late = () => {};
  const fetched = async (request: Request) => {
    const path = new URL(request.url).pathname;
    asked.push(path);
    const response = says(path);
    return response ?? new Promise<Response>(() => {});
  };
  const shell = (version: string, files = ["/", "/assets/app-1.js"]) => {
    const parts: ShellParts = {
      ...{ origin: ORIGIN, files, version, fetch: fetched },
      names: async () => [...caches.keys()],
      remove: async (name) => caches.delete(name),
      after: () =>
        new Promise((resolve) => {
          late = resolve;
        }),
      async open(name) {
        const cache = caches.get(name) ?? new Map<string, string>();
        caches.set(name, cache);
        return {
          async addAll(requests) {
            const responses = await Promise.all(requests.map(fetched));
            if (!responses.every(({ ok }) => ok)) throw new TypeError("A file is missing.");
            for (const [at, { url }] of requests.entries()) {
              cache.set(new URL(url).pathname, `kept ${await responses[at]?.text()}`);
            }
          },
          match: async (path) => (cache.has(String(path)) ? new Response(cache.get(String(path))) : undefined),
        };
      },
    };
    return new Shell(parts);
  };
  return { caches, asked, shell, late: () => late() };
}

const request = (path: string) => new Request(ORIGIN + path);

test("[WEB36] the page and its files are kept; nothing else is ever touched", () => {
  const shell = place().shell("1");
  const part = (url: string, mode = "cors", method = "GET") =>
    shell.part({ url: new URL(url, ORIGIN).href, mode, method });
  expect([part("/", "navigate"), part("/c/42", "navigate"), part("/assets/app-1.js")]).toEqual([
    "page",
    "page",
    "file",
  ]);
  for (const path of ["/docs", "/api/v1/rooms", "/health", "/c/1/x"]) expect(part(path, "navigate")).toBeNull();
  for (const path of ["/", "/api/v1/me", "/socket", "/assets/other.js", "http://elsewhere.test/assets/app-1.js"]) {
    expect(part(path)).toBeNull();
  }
  expect(part("/assets/app-1.js", "cors", "POST")).toBeNull();
});

test("[WEB36] the server's page goes before the kept one, which is shown where none comes, comes in time, or is whole", async () => {
  let says: () => Response | null = () => new Response("server /");
  const given = place(() => says());
  const shell = given.shell("1");
  await shell.install();
  const page = async () => (await shell.answer("page", request("/c/7"))).text();
  expect(await page()).toBe("server /");
  says = () => {
    throw new TypeError("no network");
  };
  expect(await page()).toBe("kept server /");
  says = () => new Response("bad gateway", { status: 502 });
  expect(await page()).toBe("kept server /");
  says = () => null;
  const waiting = page();
  await Bun.sleep(0);
  given.late();
  expect(await waiting).toBe("kept server /");
});

test("[WEB36] files come from what is kept, and from the server where they are not", async () => {
  const given = place();
  const shell = given.shell("1");
  const file = async () => (await shell.answer("file", request("/assets/app-1.js"))).text();
  expect(await file()).toBe("server /assets/app-1.js");
  await shell.install();
  given.asked.length = 0;
  expect([await file(), given.asked.length]).toEqual(["kept server /assets/app-1.js", 0]);
});

test("[WEB36] a new version is kept whole beside the old one, which goes when nobody uses it; half a one is not kept", async () => {
  const given = place((path) => (path === "/gone.js" ? new Response("", { status: 404 }) : new Response("x")));
  await given.shell("1").install();
  await given.shell("2").install();
  given.caches.set("of-somebody-else", new Map());
  expect([...given.caches.keys()]).toEqual(["parley-1", "parley-2", "of-somebody-else"]);
  await given.shell("2").activate();
  expect([...given.caches.keys()]).toEqual(["parley-2", "of-somebody-else"]);
  await expect(given.shell("3", ["/", "/gone.js"]).install()).rejects.toThrow();
});
