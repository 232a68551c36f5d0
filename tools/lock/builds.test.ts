import { expect, test } from "bun:test";
import { missingBuilds } from "./builds.ts";

test("[HOUSE15] builds for other platforms that a lock file lacks are added by what their names say", () => {
  const optionalDependencies = { "@x/cli-linux-x64-musl": "2.0.0", "@x/cli-darwin-arm64": "2.0.0", fsevents: "^2.0.0" };
  const lock = {
    packages: {
      "node_modules/x": { version: "2.0.0", dev: true, optionalDependencies },
      "node_modules/@x/cli-darwin-arm64": { version: "2.0.0" },
    },
  };
  expect(missingBuilds(lock)).toEqual({
    "node_modules/@x/cli-linux-x64-musl": {
      version: "2.0.0",
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
      dev: true,
      optional: true,
    },
  });
});

test("[HOUSE15] a build that stands in a folder further out is not missing", () => {
  const lock = {
    packages: {
      "node_modules/y/node_modules/x": { optionalDependencies: { "x-win32-x64": "1.0.0" } },
      "node_modules/y/node_modules/x-win32-x64": { version: "1.0.0" },
      "node_modules/z/node_modules/x": { optionalDependencies: { "x-win32-x64": "1.0.0" } },
    },
  };
  expect(Object.keys(missingBuilds(lock))).toEqual(["node_modules/x-win32-x64"]);
});
