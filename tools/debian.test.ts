import { expect, spyOn, test } from "bun:test";
import { orSkip } from "./debian.ts";

test("[HOUSE14] a program that cannot be brought is told in one sentence, and is an error under CI", async () => {
  const before = process.env.CI;
  const said = spyOn(console, "error").mockImplementation(() => {});
  try {
    process.env.CI = "false";
    expect(await orSkip(Promise.resolve("/usr/bin/chromium"))).toBe("/usr/bin/chromium");
    expect(await orSkip(Promise.reject(new Error("these tests need chromium.")))).toBeUndefined();
    expect(said.mock.calls).toEqual([["skipped: these tests need chromium."]]);
    process.env.CI = "true";
    await expect(orSkip(Promise.reject(new Error("these tests need chromium.")))).rejects.toThrow("need chromium");
  } finally {
    if (before === undefined) delete process.env.CI;
    else process.env.CI = before;
    said.mockRestore();
  }
});
