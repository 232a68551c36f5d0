import { expect, test } from "bun:test";
import { ownerSecret } from "./owner-link.ts";
import { placeMenu } from "./parts/menu.tsx";
import { conversationAt, pathTo } from "./route.ts";
import { systemTheme } from "./theme.ts";
import { documentTitle } from "./title.ts";

test("[WEB17] the path of a conversation leads to it, and no other path does", () => {
  expect(conversationAt(pathTo(42))).toBe(42);
  expect(conversationAt("/c/42/")).toBe(42);
  for (const path of ["/", "/c/", "/c/0", "/c/-1", "/c/1e3", "/c/1/x", "/docs"])
    expect(conversationAt(path)).toBeNull();
});

test("[WEB18] without a choice the theme is the one that the system asks for", () => {
  const asks = (...wanted: string[]) => systemTheme((query) => wanted.some((word) => query.includes(word)));
  expect(asks()).toBe("nord-dark");
  expect(asks("light")).toBe("nord-light");
  expect(asks("light", "contrast")).toBe("contrast");
});

test("[WEB20] the tab says how much is for this person, and where they are", () => {
  expect(documentTitle(0, null)).toBe("Parley");
  expect(documentTitle(2, "#front-desk")).toBe("(2) #front-desk · Parley");
});

test("[WEB21] the secret of an owner link is read from the fragment alone", () => {
  expect(ownerSecret("#owner=abc-_123")).toBe("abc-_123");
  expect(ownerSecret("#owner=")).toBeNull();
  expect(ownerSecret("#other")).toBeNull();
});

test("[WEB22] a menu stands at its anchor and inside the window", () => {
  const room = { width: 400, height: 300 };
  const size = { width: 200, height: 100 };
  const at = (left: number, top: number) => ({ left, right: left + 20, top, bottom: top + 20 });
  expect(placeMenu(at(10, 10), size, room)).toEqual({ left: 10, top: 34 });
  expect(placeMenu(at(370, 270), size, room)).toEqual({ left: 190, top: 166 });
  expect(placeMenu(at(0, 140), { width: 500, height: 400 }, room)).toEqual({ left: 8, top: 8 });
});
