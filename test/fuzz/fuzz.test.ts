import { expect, test } from "bun:test";
import { runFuzz } from "./fuzz.ts";
import { dueFor } from "./lines.ts";
import { lit, mutated, textOf } from "./trees.ts";

const MIB_MORE = 64;

test("[BAD1] thousands of bad inputs on every way in: each is refused with a code of the list, and nobody else notices", async () => {
  const seed = 1 + Math.floor(Math.random() * 1e9);
  const report = await runFuzz({ inputs: 3_000, seed });
  expect(report.inputs).toBeGreaterThanOrEqual(3_000);
  expect(report.undisturbed).toBeGreaterThan(80);
  expect(report.memory[1]).toBeLessThan(report.memory[0] + MIB_MORE);
}, 120_000);

test("[BAD2] what is due for a message follows from the contract alone: only what has a command's whole shape may be carried out", () => {
  const one = { answers: 1, refusals: 1 };
  for (const text of ["", "{}", "null", "[", '"[]"', `[${'"x",'.repeat(40_000)}1]`]) {
    expect({ text, due: dueFor(text, 131_072) }).toEqual({ text, due: one });
  }
  const post = { t: "post", id: 1, key: "k", conversation: 1, text: "x" };
  const due = (frames: unknown) => dueFor(JSON.stringify(frames), 131_072);
  expect(due([])).toEqual({ answers: 0, refusals: 0 });
  expect(due([{ t: "beat" }, post, post])).toEqual({ answers: 2, refusals: 0 });
  expect(due([{ ...post, conversation: "1" }, { ...post, id: -1 }, { t: "hello", version: 1 }, null])).toEqual({
    answers: 4,
    refusals: 4,
  });
});

test("[BAD2] an input is mutilated where its mutations say, into what JavaScript itself could not write", () => {
  const whole = { pairs: [["a", lit(1)] as [string, ReturnType<typeof lit>]] };
  const text = (tree: Parameters<typeof textOf>[0]) => textOf(tree, ({ pick }) => `"${pick}"`);
  const value = { lit: "-0" };
  expect(text(mutated(whole, [{ at: 1, does: "replace", key: "", value }]))).toBe('{"a":-0}');
  expect(text(mutated(whole, [{ at: 0, does: "add", key: "__proto__", value }]))).toBe('{"__proto__":-0,"a":1}');
  expect(text(mutated(whole, [{ at: 0, does: "double", key: "", value }]))).toBe('{"a":1,"a":-0}');
  expect(text(mutated(whole, [{ at: 0, does: "remove", key: "", value }]))).toBe("{}");
  expect(text(mutated(whole, [{ at: 0, does: "wrap", key: "", value: { pick: "id", n: 0 } }]))).toBe('[{"a":1}]');
});
