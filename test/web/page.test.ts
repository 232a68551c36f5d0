import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DIALECTS } from "@parley/protocol/dialects";
import { THEMES } from "../../web/app/theme.ts";
import { pages } from "../../web/legacy/pages.ts";

const WEB = join(import.meta.dir, "..", "..", "web");
const read = (...path: string[]) => readFileSync(join(WEB, ...path), "utf8");
const styles = readdirSync(join(WEB, "styles")).filter((file) => file.endsWith(".css"));

test("[WEB18] every theme of the menu is a block of colours", () => {
  for (const { id } of THEMES) expect(read("styles", "tokens.css")).toContain(`[data-theme="${id}"]`);
});

test("[WEB47] there is a page for each old protocol, and one that leads to each of them", () => {
  const made = pages();
  expect([...made.keys()].sort()).toEqual(["index.html", ...DIALECTS.map((name) => `${name}/index.html`)].sort());
  for (const name of DIALECTS) expect(made.get("index.html")).toContain(`href="./${name}/"`);
});

test.each([["index.html", read("index.html")], ...pages()])(
  "[WEB19] %s has nothing inline, and all that it names is of its own origin",
  (_, page) => {
    expect(page).not.toMatch(/<style|\sstyle="|\son\w+="/i);
    for (const [tag] of page.matchAll(/<script[^>]*>/g)) expect(tag).toMatch(/\ssrc="\.{0,2}\/[^/]/);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) expect(address).toMatch(/^\.{0,2}\/[^/]/);
  },
);

test("[WEB19] the styles load nothing but the fonts beside them", () => {
  expect(styles.length).toBeGreaterThan(5);
  for (const file of styles) {
    const named = [...read("styles", file).matchAll(/(?:url\(|@import\s)\s*["']?([^"')]*)/g)].map(
      (match) => match[1] ?? "",
    );
    for (const address of named) expect(address).toStartWith("./");
  }
});
