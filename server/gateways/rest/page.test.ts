import { expect, test } from "bun:test";
import type { Arrival } from "../arrival.ts";
import { pageOf } from "./page.ts";

const at = (path: string) => ({ request: new Request(`http://parley.test${path}`) }) as Arrival;

test("[WEB48] a port of one dialect has its page at the root and everything else where it is", () => {
  expect(pageOf("plain", at("/?from=mail")).request.url).toBe("http://parley.test/legacy/plain/?from=mail");
  expect(pageOf("plain", at("/c/7")).request.url).toBe("http://parley.test/c/7");
  expect(pageOf(null, at("/")).request.url).toBe("http://parley.test/");
});
