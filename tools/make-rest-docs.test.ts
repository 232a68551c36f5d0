import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Operation } from "../protocol/operation.ts";
import { operations } from "../protocol/operations.ts";
import { REST_PAGE, withTables } from "./make-rest-docs.ts";

const page = readFileSync(REST_PAGE, "utf8");

test("[REST15] the page on HTTP has the operations and refusals that there are", () => {
  expect(page).toBe(withTables(page));
  for (const { method, path } of Object.values<Operation>(operations))
    expect(page).toContain(`| \`${method} ${path}\` |`);
});

test("[REST15] every example on it is of an operation that there is", () => {
  const examples = [...page.matchAll(/^curl (?:-X (\w+) )?"?localhost:8000([^\s"?]*)((?:[^#]|#\S)*)/gm)];
  expect(examples.length).toBeGreaterThan(5);
  for (const [, given, path = "", rest = ""] of examples) {
    const method = given ?? (rest.split("\n\n")[0]?.includes(" -d ") ? "POST" : "GET");
    const known = Object.values<Operation>(operations).some(
      (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, "[0-9]+")}$`).test(path),
    );
    expect({ method, path, known }).toEqual({ method, path, known: true });
  }
});
