import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { VARIABLES } from "../server/config/variables.ts";
import { configFrom } from "../server/config.ts";
import { CONFIGURATION_PAGE, configurationPage, ENV_EXAMPLE, envExample } from "./make-config-docs.ts";

test("[OPS8] the page on configuration is what the table of variables says", () => {
  expect(readFileSync(CONFIGURATION_PAGE, "utf8")).toBe(configurationPage());
});

test("[OPS8] every variable has a row of four cells", () => {
  for (const name of Object.keys(VARIABLES)) {
    const rows = configurationPage()
      .split("\n")
      .filter((line) => line.startsWith(`| \`${name}\` |`));
    expect(rows.map((row) => row.split("|").length)).toEqual([6]);
  }
});

test("[DEP2] the example of a settings file names every variable and sets none", () => {
  const text = readFileSync(ENV_EXAMPLE, "utf8");
  expect(text).toBe(envExample());
  expect(parseEnv(text)).toEqual({});
  const uncommented = parseEnv(text.replace(/^#(?=[A-Z_]+=)/gm, ""));
  expect(Object.keys(uncommented)).toEqual(Object.keys(VARIABLES));
  expect(configFrom(uncommented)).toEqual(configFrom({}));
});
