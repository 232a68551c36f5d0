import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { VARIABLES } from "../server/config.ts";
import { CONFIGURATION_PAGE, configurationPage } from "./make-config-docs.ts";

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
