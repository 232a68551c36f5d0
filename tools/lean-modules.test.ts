import { expect, test } from "bun:test";
import { needless } from "./lean-modules.ts";

test("[DEP5] an image keeps what is imported, and of what is only served nothing that it was made of", () => {
  const packages = {
    server: { dependencies: { database: "1", shown: "1", "@us/words": "1" } },
    words: { dependencies: { checks: "1" } },
    "node_modules/@us/server": { link: true, resolved: "server" },
    "node_modules/@us/words": { link: true, resolved: "words" },
    "node_modules/database": { dependencies: { driver: "2", absent: "1" } },
    "node_modules/database/node_modules/driver": { dependencies: { both: "1" } },
    "node_modules/driver": {},
    "node_modules/checks": {},
    "node_modules/shown": { dependencies: { driver: "1", both: "1", painter: "1" } },
    "node_modules/painter": { dependencies: { colours: "1" } },
    "node_modules/colours": {},
    "node_modules/both": {},
  };
  const gone = ["node_modules/driver", "node_modules/painter", "node_modules/colours"];
  expect(needless(packages, new Set(["shown"]))).toEqual(gone);
  expect(needless(packages, new Set())).toEqual([]);
});
