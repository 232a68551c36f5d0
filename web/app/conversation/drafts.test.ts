import { expect, test } from "bun:test";
import { browserKeep } from "../keep.ts";
import { draftsOf } from "./drafts.ts";

function storage(): Storage {
  const held = new Map<string, string>();
  const storage = { getItem: (name: string) => held.get(name) ?? null, setItem: held.set.bind(held) };
  return { ...storage, removeItem: (name: string) => held.delete(name) } as unknown as Storage;
}

test("[WEB16] a draft is kept for its person and conversation, and is there on the next visit", () => {
  const disk = storage();
  draftsOf(1, browserKeep(disk)).write(7, "half a thought");
  const later = draftsOf(1, browserKeep(disk));
  expect(later.read(7)).toBe("half a thought");
  expect(later.read(8)).toBe("");
  expect(draftsOf(2, browserKeep(disk)).read(7)).toBe("");
});

test("[WEB16] a draft of nothing but spaces is none, and coming and going is told once", () => {
  const drafts = draftsOf(1, browserKeep(null));
  let told = 0;
  const stop = drafts.subscribe(() => told++);
  drafts.write(7, "a");
  drafts.write(7, "ab");
  drafts.write(7, "  \n");
  expect(drafts.read(7)).toBe("");
  expect(told).toBe(2);
  stop();
  drafts.write(7, "c");
  expect(told).toBe(2);
});

test("[WEB16] where the browser refuses storage, all is kept until the page is left", () => {
  const refusing = new Proxy({} as Storage, {
    get: () => () => {
      throw new Error("refused");
    },
  });
  const keep = browserKeep(refusing);
  keep.set("parley.theme", "aurora");
  expect(keep.get("parley.theme")).toBe("aurora");
  keep.set("parley.theme", null);
  expect(keep.get("parley.theme")).toBeNull();
});
