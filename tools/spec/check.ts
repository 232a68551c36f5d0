import { testsOf } from "../source/tests.ts";
import type { Tree } from "../source/tree.ts";

const RULE = /\*\*\[([A-Z]+\d+)\]\*\*/g;
const LEADING_IDS = /^(?:\s*\[[A-Z]+\d+\])+/;

/** Everything that keeps a specification and its tests from speaking of the same rules. */
export function checkSpec(spec: string, tree: Tree): string[] {
  const rules = rulesOf(spec);
  const quoted = new Set<string>();
  const complaints = rules.filter((id, i) => rules.indexOf(id) < i).map((id) => `SPEC.md gives ${id} to two rules.`);
  for (const [path, source] of tree) complaints.push(...complaintsOf(path, source, new Set(rules), quoted));
  const unproven = [...new Set(rules)].filter((id) => !quoted.has(id));
  return [...complaints, ...unproven.map((id) => `SPEC.md has ${id}, but the name of no test quotes it.`)];
}

/** The ids of all rules, in their order. */
export function rulesOf(spec: string): string[] {
  return [...spec.matchAll(RULE)].map((match) => match[1] ?? "");
}

function complaintsOf(path: string, source: string, rules: Set<string>, quoted: Set<string>): string[] {
  return testsOf(source).flatMap(({ name, line, idle }) => {
    const ids = idsOf(name ?? "");
    if (!idle) for (const id of ids) quoted.add(id);
    if (name === undefined) return [`${path}:${line} computes the name of a test; write "[ABC1] …" out.`];
    if (ids.length === 0) return [`${path}:${line} has a test without a rule: "${name}"; begin it with "[ABC1] ".`];
    return ids.filter((id) => !rules.has(id)).map((id) => `${path}:${line} quotes ${id}, which SPEC.md does not have.`);
  });
}

function idsOf(name: string): string[] {
  const leading = LEADING_IDS.exec(name)?.[0] ?? "";
  return [...leading.matchAll(/[A-Z]+\d+/g)].map((match) => match[0]);
}
