/**
 * Writes server/core/confusables.ts: what every character looks like, by UTS 39, folded and closed for `skeleton`.
 * The table comes from Debian's ICU (`apt-get install libicu72`), which carries confusables.txt in compiled form.
 *
 *   npx bun tools/make-confusables.ts
 */
import { dlopen, FFIType } from "bun:ffi";
import { readdirSync, writeFileSync } from "node:fs";
import { fold } from "../server/core/fold.ts";

const OUT = new URL("../server/core/confusables.ts", import.meta.url);
const LAST_CODE_POINT = 0x10ffff;
const ASCII_LETTER = /^[a-z]$/u;

type Native = (...args: unknown[]) => unknown;
const { ptr, u32, i32, void: nothing } = FFIType;

/** ICU's C functions, whose names end in its major version. */
function icu(): (name: string) => Native {
  const folder = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  const major = readdirSync(folder)
    .find((file) => /^libicui18n\.so\.\d+$/u.test(file))
    ?.split(".")
    .at(-1);
  if (!major) throw new Error(`There is no libicui18n in ${folder}: apt-get install libicu72.`);
  const spoof = dlopen(`${folder}/libicui18n.so.${major}`, {
    [`uspoof_open_${major}`]: { args: [ptr], returns: ptr },
    [`uspoof_getSkeletonUTF8_${major}`]: { args: [ptr, u32, ptr, i32, ptr, i32, ptr], returns: i32 },
  });
  const common = dlopen(`${folder}/libicuuc.so.${major}`, {
    [`u_getUnicodeVersion_${major}`]: { args: [ptr], returns: nothing },
  });
  const all: Record<string, unknown> = { ...spoof.symbols, ...common.symbols };
  return (name) => all[`${name}_${major}`] as Native;
}

/** UTS 39's skeleton of a text and the Unicode version it is of, from whatever ICU is installed. */
function openIcu(): { look: (text: string) => string; version: string } {
  const native = icu();
  const version = new Uint8Array(4);
  native("u_getUnicodeVersion")(version);
  const status = new Int32Array(1);
  const checker = native("uspoof_open")(status);
  const skeleton = native("uspoof_getSkeletonUTF8");
  const out = new Uint8Array(512);
  const look = (text: string): string => {
    const bytes = new TextEncoder().encode(text);
    const size = Number(skeleton(checker, 0, bytes, bytes.length, out, out.length, status));
    if ((status[0] ?? 1) > 0) throw new Error(`ICU gave error ${status[0]} for ${JSON.stringify(text)}.`);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(out.subarray(0, size));
  };
  return { look, version: version.slice(0, 2).join(".") };
}

/** Replaces characters by what they look like until nothing changes. */
function close(text: string, looks: Map<string, string>): string {
  for (let now = text; ; ) {
    const seen = Array.from(now, (c) => looks.get(c) ?? c).join("");
    const next = fold(seen.normalize("NFKC").normalize("NFD")).normalize("NFD");
    if (next === now) return next;
    now = next;
  }
}

/** Every assigned character that is still there after NFKC and NFD. */
function* characters(): Generator<string> {
  for (let code = 0x21; code <= LAST_CODE_POINT; code++) {
    const c = String.fromCodePoint(code);
    if (/[\p{Cs}\p{Cn}\p{Co}\p{Default_Ignorable_Code_Point}]/u.test(c)) continue;
    if (c.normalize("NFKC").normalize("NFD") === c) yield c;
  }
}

/** Joins a capital's look with its small letter's; where that small letter already looks like another, the capital is set aside. */
function joinCapital(c: string, look: string, looks: Map<string, string>, capitals: Map<string, string>): void {
  const small = close(fold(c), looks);
  const big = close(fold(look), looks);
  if (small === big || !ASCII_LETTER.test(close(fold(look), new Map()))) return;
  if (Array.from(small).length > 1 || small < "\u0080") capitals.set(c, big);
  else looks.set(small, big);
}

function build(look: (text: string) => string): { looks: Map<string, string>; capitals: Map<string, string> } {
  // The capital I looks like l, and i is its small letter: the three cannot be told apart once case is gone.
  const looks = new Map([["i", "l"]]);
  const capitals = new Map<string, string>();
  const all = [...characters()];
  for (const c of all) if (fold(c) === c && look(c) !== c && c !== "i") looks.set(c, look(c));
  for (const c of all) if (fold(c) !== c && !/\p{Script=Latin}/u.test(c)) joinCapital(c, look(c), looks, capitals);
  for (const c of looks.keys()) looks.set(c, close(c, looks));
  for (const [c, seen] of looks) if (c === seen) looks.delete(c);
  return { looks, capitals };
}

/** `target:source,source …`, code points in base 36, sources as distances from the one before. */
function encode(table: Map<string, string>): string {
  const groups = Map.groupBy([...table].sort(), ([, target]) => target);
  const code = (c: string): number => c.codePointAt(0) ?? 0;
  const words = Array.from(groups, ([target, pairs]) => {
    const sources = pairs.map(([source]) => code(source)).sort((a, b) => a - b);
    const steps = sources.map((source, i) => (source - (sources[i - 1] ?? 0)).toString(36));
    return `${Array.from(target, (c) => code(c).toString(36)).join(".")}:${steps.join(",")}`;
  });
  return words.join(" ").replace(/(.{1,600})( |$)/gu, "$1\n");
}

function file(version: string, looks: Map<string, string>, capitals: Map<string, string>): string {
  return `/**
 * Made by tools/make-confusables.ts from ICU's confusables data, Unicode ${version}; not edited by hand.
 * Copyright © 1991-2022 Unicode, Inc. The data was changed; its licence is in NOTICE.
 */

/** \`target:source,source …\`, code points in base 36, each source as the distance from the one before. */
export const LOOKS = \`
${encode(looks)}\`;

/** The same, of capitals. */
export const CAPITALS = "${encode(capitals).trim().replaceAll("\n", " ")}";
`;
}

const { look, version } = openIcu();
const { looks, capitals } = build(look);
writeFileSync(OUT, file(version, looks, capitals));
console.log(
  `Unicode ${version}: ${looks.size} characters, ${capitals.size} capitals set aside: ${[...capitals.keys()]}`,
);
if (process.argv.includes("--print")) console.log([...looks].map(([c, to]) => `${c}→${to}`).join(" "));
