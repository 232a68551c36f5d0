import { expect, test } from "bun:test";
import { checkLayers } from "./check.ts";
import { cyclesOf } from "./graph.ts";

function complaints(files: Record<string, string>): string[] {
  return checkLayers(new Map(Object.entries(files)));
}

test("[HOUSE1] an arrow that is not drawn is refused with what is allowed", () => {
  const files = {
    "client/replica.ts":
      'import { feed } from "@parley/server/core/feed";\nimport { x } from "@parley/protocol/ids";\n',
    "server/core/feed.ts": "export const feed = 1;\n",
    "protocol/ids.ts": "export const x = 1;\n",
  };
  expect(complaints(files)).toEqual([
    "client/replica.ts:1 imports server/core/feed.ts, but client may import only: client, protocol.",
  ]);
});

test("[HOUSE1] adapters and gateways never see each other, and protocol sees nothing of ours", () => {
  const files = {
    "server/store/memory.ts": 'import { a } from "../bus/memory.ts";\n',
    "server/bus/memory.ts": "export const a = 1;\n",
    "server/gateways/rest/api.ts": 'import { a } from "../native/session.ts";\n',
    "server/gateways/native/session.ts": 'import { a } from "../dialect.ts";\n',
    "server/gateways/dialect.ts": "export const a = 1;\n",
    "protocol/frames.ts": 'import { a } from "@parley/client";\n',
    "client/index.ts": "export const a = 1;\n",
  };
  const found = complaints(files);
  expect(found).toHaveLength(3);
  expect(found[0]).toStartWith("server/store/memory.ts:1 imports server/bus/memory.ts, but server/store may");
  expect(found[1]).toStartWith("server/gateways/rest/api.ts:1 imports server/gateways/native/session.ts");
  expect(found[2]).toEndWith("but protocol may import only: nothing of ours but itself.");
});

test("[HOUSE1] an import of types, a re-export and a dynamic import are arrows like any other", () => {
  const server = { "server/main.ts": "export const a = 1;\n" };
  for (const line of [
    'import type { Parts } from "@parley/server/main";',
    'import {\n  type A,\n  b,\n} from "@parley/server/main";',
    'export * from "@parley/server/main";',
    'export type { Parts } from "@parley/server/main";',
    'const late = await import("@parley/server/main");',
    'type Late = import("@parley/server/main").Parts;',
    'import "@parley/server/main";',
  ]) {
    expect(complaints({ ...server, "web/main.tsx": `${line}\n` })).toHaveLength(1);
  }
});

test("[HOUSE1] imports in comments and strings are no arrows", () => {
  const source = [
    '// import { a } from "@parley/server/main";',
    "/* import '@parley/server/main'; */",
    "const text = `import { a } from \"@parley/server/main\" ${b('`')}`;",
    "const quote = /[\"'`]/; const other = 'import \"@parley/server/main\"';",
  ].join("\n");
  expect(complaints({ "server/main.ts": "", "web/main.tsx": source })).toEqual([]);
});

test("[HOUSE1] only main.ts names concrete adapters, while tests of the server may put parts together", () => {
  const store = { "server/store/memory.ts": "export const a = 1;\n" };
  const line = 'import { a } from "../store/memory.ts";\n';
  expect(complaints({ ...store, "server/main.ts": 'import { a } from "./store/memory.ts";\n' })).toEqual([]);
  expect(complaints({ ...store, "server/core/chat.test.ts": line })).toEqual([]);
  expect(complaints({ ...store, "server/core/chat.ts": line })).toHaveLength(1);
});

test("[HOUSE1] a file that lies in no known part is told", () => {
  expect(complaints({ "server/extra.ts": "" })[0]).toStartWith("server/extra.ts lies in no known part");
});

test("[HOUSE2] files that import each other in a circle are told, types included", () => {
  const files = {
    "server/core/a.ts": 'import type { B } from "./b.ts";\n',
    "server/core/b.ts": 'import { c } from "./c.ts";\n',
    "server/core/c.ts": 'export type { A } from "./a.ts";\n',
    "server/core/d.ts": 'import { c } from "./c.ts";\n',
  };
  const way = "server/core/a.ts → server/core/b.ts → server/core/c.ts → server/core/a.ts";
  expect(complaints(files)).toEqual([`These files import each other in a circle: ${way}.`]);
});

test("[HOUSE2] each knot is told once, by its shortest circle", () => {
  const edge = (from: string, to: string) => ({ from, to, specifier: to, line: 1, typeOnly: false });
  const edges = [edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("b", "a"), edge("x", "x"), edge("c", "x")];
  expect(cyclesOf(edges)).toEqual([
    ["a", "b", "a"],
    ["x", "x"],
  ]);
});

test("[HOUSE3] client and web bring no validator along at run time, by whatever way", () => {
  const protocol = {
    "protocol/frames.ts": 'import { entry } from "./entries.ts";\n',
    "protocol/entries.ts": 'import { z } from "zod";\n',
    "protocol/ids.ts": 'import type { Entry } from "./entries.ts";\nexport const id = 1;\n',
  };
  const using = (line: string) => complaints({ ...protocol, "client/index.ts": `${line}\n` });
  expect(using('import type { Frame } from "@parley/protocol/frames";')).toEqual([]);
  expect(using('import { id } from "@parley/protocol/ids";')).toEqual([]);
  expect(using('import { frame } from "@parley/protocol/frames";')).toEqual([
    "client/index.ts:1 brings the validator of protocol/frames.ts to every user of client; use import type, or only: protocol/ids.ts.",
  ]);
});

test("[HOUSE4] the core has no package, clock, chance or runtime of its own", () => {
  const lines = ['import { Hono } from "hono";', 'import { join } from "node:path";', "const now = Date.now();"];
  const more = [
    "setTimeout(beat, 1);",
    "const roll = Math.random();",
    "Bun.hash(text);",
    "const id = crypto.randomUUID();",
  ];
  for (const line of [...lines, ...more]) {
    const [complaint, ...others] = complaints({ "server/core/chat.ts": `${line}\n` });
    expect(complaint).toStartWith("server/core/chat.ts:1 ");
    expect(others).toEqual([]);
  }
  const allowed = "// Date.now()\nconst now = clock.now(); entry.Date; const t = { crypto: 1 }; say('Math.random');\n";
  expect(complaints({ "server/core/chat.ts": allowed })).toEqual([]);
});

test("[HOUSE4] protocol, client and web run without Bun and Node", () => {
  expect(complaints({ "client/index.ts": 'import { connect } from "node:net";\n' })).toHaveLength(1);
  expect(complaints({ "protocol/ids.ts": "export const id = Bun.hash('a');\n" })).toHaveLength(1);
  expect(complaints({ "web/main.tsx": 'import { Database } from "bun:sqlite";\n' })).toHaveLength(1);
  expect(complaints({ "client/index.ts": 'import { z } from "zod";\n' })).toHaveLength(1);
});

test("[HOUSE5] a workspace imports another by its name, never by a path", () => {
  const files = { "cli/main.ts": 'import "../client/index.ts";\n', "client/index.ts": "" };
  expect(complaints(files)).toEqual([
    'cli/main.ts:1 leaves its workspace by a relative path; write "@parley/client/index".',
  ]);
});
