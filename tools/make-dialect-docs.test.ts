import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { DIALECTS } from "../protocol/dialects.ts";
import { VARIABLES } from "../server/config/variables.ts";
import { DIALECTS_PAGE, withDialects } from "./make-dialect-docs.ts";

const page = readFileSync(DIALECTS_PAGE, "utf8");

test("[DIA7] the page on dialects has of each the frames, the requests and the gaps that there are", () => {
  expect(page).toBe(withDialects(page));
  for (const name of DIALECTS) {
    const [, made = ""] = new RegExp(`<!-- ${name} -->\n([^]*)<!-- /${name} -->`).exec(page) ?? [];
    expect({ name, frames: made.split("\n|").length > 4, gaps: made.includes("\n- ") }).toEqual({
      ...{ name, frames: true, gaps: true },
    });
  }
});

test("[DIA7] every variable and every link on it is there", () => {
  for (const [name] of page.matchAll(/PARLEY_[A-Z_]+|CORS_ORIGINS/g)) expect(Object.keys(VARIABLES)).toContain(name);
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
});
