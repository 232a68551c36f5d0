import { expect, test } from "bun:test";
import { ChatError } from "@parley/protocol/errors";
import fc from "fast-check";
import {
  checkHandle,
  checkOpenName,
  checkShownName,
  codePoints,
  deriveHandle,
  handleCandidates,
  mentionsIn,
  skeleton,
} from "./names.ts";

/** Every assigned character but the plain ideographs, which stand for themselves. */
const characters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter(
  (c) => !/[\p{Cn}\p{Co}\p{Unified_Ideograph}]/u.test(c),
);
const anyText = fc.string({ unit: "binary", maxLength: 24 });
/** Characters that fold, compose, vanish or look like others. */
const oddText = fc.string({
  unit: fc.constantFrom(
    ..."aAiIıİlLmMrn1|0oOßẞсСаАВвΝνΣςΊﬁǰ가🎉\u0307\u0345\u0486\u200d\u2066\ufe0f \u00a0\u0660\u0661\u3164",
  ),
  maxLength: 12,
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ChatError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

const ALIKE: [why: string, one: string, other: string][] = [
  ["Cyrillic", "Ada", "Аdа"],
  ["a Cyrillic capital whose small letter looks otherwise", "Bob", "Вob"],
  ["a whole Cyrillic word", "TOM", "ТОМ"],
  ["a Greek capital whose small letter looks otherwise", "Nick", "Νick"],
  ["full width", "Ada", "Ａｄａ"],
  ["mathematical letters", "Ada", "𝓐𝓭𝓪"],
  ["rn and m", "corner", "comer"],
  ["capital I and l", "Alice", "AIice"],
  ["digits", "Bob lol", "B0b 1o1"],
  ["a zero-width joiner", "Ada", "A\u200dda"],
  ["a soft hyphen and a mark of direction", "Ada", "A\u00add\u200ea"],
  ["ß", "Straße", "STRASSE"],
  ["capital ẞ", "straße", "STRAẞE"],
  ["Turkish İ", "İrem", "irem"],
  ["Turkish ı", "Irmak", "ırmak"],
  ["a dot on an i", "irem", "i\u0307rem"],
  ["a dot on a Cyrillic i", "irem", "і\u0307rem"],
  ["Greek case and final sigma", "ΝΊΚΟΣ", "νίκος"],
  ["Cyrillic case", "ВЕРА", "Вера"],
  ["Arabic digits of two kinds", "علي ٤", "علي ۴"],
  ["Arabic presentation forms", "محمد", "ﻣﺤﻤﺪ"],
  ["composed and decomposed", "Zoë", "Zoe\u0308"],
  ["compatibility ideographs", "\u8c48", "\uf900"],
  ["spaces", "  Ada \u00a0 Lund ", "ada lund"],
  ["variation selectors of emoji", "❤️", "❤"],
];

test.each(ALIKE)("[PEO1] names that look alike have one skeleton: %s", (_why, one, other) => {
  expect(one).not.toBe(other);
  expect(skeleton(one)).toBe(skeleton(other));
});

const DIFFERENT: [one: string, other: string][] = [
  ["Eva", "Ena"],
  ["Dave", "Dane"],
  ["Ada", "Adá"],
  ["Ada", "Ada 2"],
  ["Ada Lund", "Adalund"],
  ["王小明", "王小红"],
  ["Νίκος", "Νίκη"],
  ["محمد", "أحمد"],
  ["🎉", "🎈"],
  ["Вера", "Вара"],
];

test.each(DIFFERENT)("[PEO1] names that differ to the eye stay apart: %s, %s", (one, other) => {
  expect(skeleton(one)).not.toBe(skeleton(other));
});

test("[PEO1] a skeleton is its own skeleton, for every character and any text", () => {
  expect(characters.filter((c) => skeleton(skeleton(c)) !== skeleton(c))).toEqual([]);
  fc.assert(fc.property(fc.oneof(anyText, oddText), (text) => skeleton(skeleton(text)) === skeleton(text)));
});

test("[PEO1] case alone never makes another skeleton", () => {
  const torn = characters.filter((c) => new Set([c, c.toLowerCase(), c.toUpperCase()].map(skeleton)).size !== 1);
  expect(torn).toEqual([]);
});

test("[PEO2] a shown name keeps its inner text and is trimmed and composed", () => {
  expect(checkShownName("  Ada  Lund\n")).toBe("Ada  Lund");
  expect(checkShownName("Zoe\u0308")).toBe("Zoë");
  for (const name of ["王小明", "محمد علي", "Νίκος", "👩‍💻", "a".repeat(64), "🎉".repeat(64), "<b>", "12"]) {
    expect(checkShownName(name)).toBe(name);
  }
  expect(checkShownName("🎉".repeat(20), 20)).toBe("🎉".repeat(20));
});

const BAD_SHOWN: [why: string, name: string, says: string][] = [
  ["nothing", "", "at least one"],
  ["only spaces", " \u00a0\t", "at least one"],
  ["65 characters", "🎉".repeat(65), "at most 64"],
  ["a control character", "Ada\u0007", "control"],
  ["a line break", "Ada\nLund", "control"],
  ["a line separator", "Ada\u2028Lund", "control"],
  ["a bidirectional override", "Ada\u202egnp", "direction"],
  ["a bidirectional isolate", "\u2067Ada\u2069", "direction"],
  ["half a surrogate pair", "Ada\ud83d", "control"],
  ["zero-width spaces", "\u200b\u200d", "visible"],
  ["Hangul fillers", "\u3164\u3164", "visible"],
  ["blank Braille", "\u2800", "visible"],
  ["a lone accent", "\u0301", "visible"],
];

test.each(BAD_SHOWN)("[PEO2] a shown name is refused: %s", (_why, name, says) => {
  const told = refusal(() => checkShownName(name));
  expect(told).toStartWith("bad_name: ");
  expect(told).toContain(says);
});

test("[PEO3] a unique name is case-folded, in any script", () => {
  const folded = [
    "Ada.Lund",
    "ＡＤＡ",
    "Straße",
    "İrem",
    "王小明",
    "Νίκος",
    "a-b_c.d2",
    "x",
    "7up",
    "ñ".repeat(32),
  ].map((h) => checkHandle(h));
  expect(folded).toEqual([
    "ada.lund",
    "ada",
    "strasse",
    "irem",
    "王小明",
    "νίκοσ",
    "a-b_c.d2",
    "x",
    "7up",
    "ñ".repeat(32),
  ]);
});

const BAD_HANDLE: [why: string, handle: string, says: string][] = [
  ["nothing", " ", "at least one"],
  ["33 characters", "a".repeat(33), "at most 32"],
  ["only digits", "12345", "only digits"],
  ["only Arabic digits", "١٢٣", "only digits"],
  ["a space", "ada lund", "only letters"],
  ["an at sign", "@ada", "only letters"],
  ["an emoji", "ada🎉", "only letters"],
  ["a zero-width joiner", "a\u200dda", "only letters"],
  ["a filler that counts as a letter", "ada\u3164", "only letters"],
  ["half a surrogate pair", "ada\ud83d", "only letters"],
  ["a dot in front", ".ada", "begin with a dot"],
  ["a dot at the end", "ada.", "end with a dot"],
  ["only punctuation", "_-_", "a letter or a digit"],
];

test.each(BAD_HANDLE)("[PEO3] a unique name is refused: %s", (_why, handle, says) => {
  const told = refusal(() => checkHandle(handle));
  expect(told).toStartWith("bad_name: ");
  expect(told).toContain(says);
});

const DERIVED: [shown: string, handle: string][] = [
  ["Ada Lund", "ada.lund"],
  ["  Jean-Luc  Picard!! ", "jean-luc.picard"],
  ["O'Brien", "obrien"],
  ["Ada 🎉 Lund", "ada.lund"],
  ["王小明", "王小明"],
  ["محمد علي", "محمد.علي"],
  ["Agent 007", "agent.007"],
  ["\u0130\u0307", "i"],
  ["i\u0307\u0307x", "ix"],
  ["🎉", "guest"],
  ["12345", "guest"],
  ["…", "guest"],
  [`${"a".repeat(31)} b`, "a".repeat(31)],
];

test.each(DERIVED)("[PEO4] %s gives the unique name %s", (shown, handle) => {
  expect(deriveHandle(shown)).toBe(handle);
});

test("[PEO4] whatever is shown, the derived names are valid unique names", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, oddText, fc.string({ unit: "grapheme" })), (shown) => {
      const [first = "", second = ""] = handleCandidates(deriveHandle(shown));
      expect(checkHandle(first)).toBe(first);
      expect(checkHandle(second)).toBe(second);
    }),
  );
});

test("[PEO4] taken names are counted on, within 32 characters and without look-alikes", () => {
  const of = (base: string, count: number): string[] => handleCandidates(base).take(count).toArray();
  expect(of("ada", 3)).toEqual(["ada", "ada-2", "ada-3"]);
  expect(of("é".repeat(32), 2)).toEqual(["é".repeat(32), `${"é".repeat(30)}-2`]);
  const many = of("a".repeat(32), 1200);
  expect(Math.max(...many.map(codePoints))).toBe(32);
  expect(new Set(many.map(skeleton)).size).toBe(1200);
});

const MENTIONED: [text: string, handles: string[]][] = [
  ["@ada", ["ada"]],
  ["Hello @Ada.Lund.", ["ada.lund"]],
  ["(@eve), @bob's; thanks.@tom", ["eve", "bob", "tom"]],
  ["@ADA @ada @Ada...", ["ada"]],
  ["请看 @王小明！", ["王小明"]],
  ["mail a@example.org or x+@example.org or @q@example.org", []],
  ["https://example.org/@ada @@ada no@ada", []],
  ["@ @. @123 @.ada @🎉", []],
  [`@${"a".repeat(33)}`, []],
];

test.each(MENTIONED)("[PEO5] %s", (text, handles) => {
  expect(mentionsIn(text)).toEqual(handles);
});

test("[PEO5] at most 50 people are mentioned by one message", () => {
  const text = Array.from({ length: 60 }, (_, i) => `@u${i}`).join(" ");
  expect(mentionsIn(text)).toEqual(Array.from({ length: 50 }, (_, i) => `u${i}`));
});

test("[PEO6] characters are counted as code points", () => {
  expect(codePoints("")).toBe(0);
  expect(codePoints("a🎉é")).toBe(3);
  expect(codePoints("👩‍💻")).toBe(3);
  expect(codePoints("\ud83d")).toBe(1);
});

test("[PEO18] the name of an open person is kept as it is, to the last space, or refused", () => {
  for (const name of [" Ann ", "Zoe\u0308", "Ａｄａ", "عمر", "😀", "a".repeat(64), "😀".repeat(64)]) {
    expect(checkOpenName(name)).toBe(name);
  }
  const faults = [
    "",
    " ",
    "\u200b",
    "\u2800",
    "a\nb",
    "a\u0000",
    "a\u007f",
    "a\u202eb",
    "\u2066a",
    "\ud800",
    "a".repeat(65),
  ];
  for (const name of faults) expect(refusal(() => checkOpenName(name))).toStartWith("bad_name");
});

test("[PEO18] a dialect's own longest name is counted in code points, at its edge", () => {
  expect(checkOpenName("😀".repeat(20), 20)).toBe("😀".repeat(20));
  expect(refusal(() => checkOpenName("😀".repeat(21), 20))).toBe("bad_name: A name has at most 20 characters.");
});
