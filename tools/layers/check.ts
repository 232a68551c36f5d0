import { lineOf, MARK, strip } from "../source/strip.ts";
import { isTest, type Tree } from "../source/tree.ts";
import { cyclesOf, type Edge, type Graph, graphOf, type Outside, reachable } from "./graph.ts";
import { TEST_PACKAGES, ZONES, type Zone } from "./zones.ts";

const IMPURE =
  /\b(Date|performance|setTimeout|setInterval|setImmediate|crypto|process|Bun)\b(?!\s*:)|\bMath\.random\b/g;
const BUN = /\bBun\s*\./g;

/** Every broken arrow of a tree, each as a sentence that says what is allowed instead. */
export function checkLayers(tree: Tree): string[] {
  const graph = graphOf(tree);
  const homeless = [...tree.keys()].filter((path) => !zoneOf(path)).map(homelessSentence);
  return [
    ...homeless,
    ...graph.edges.flatMap(brokenArrow),
    ...graph.edges.flatMap(wayAroundThePackage),
    ...graph.outside.flatMap(strangePackage),
    ...validatorsReached(graph, tree),
    ...[...tree].flatMap(([path, source]) => forbiddenGlobals(path, source)),
    ...cyclesOf(graph.edges).map((cycle) => `These files import each other in a circle: ${cycle.join(" → ")}.`),
  ];
}

function zoneOf(path: string): Zone | undefined {
  return ZONES.find((zone) => zone.owns.test(path));
}

function homelessSentence(path: string): string {
  return `${path} lies in no known part; the parts are ${ZONES.map((zone) => zone.name).join(", ")}.`;
}

function brokenArrow(edge: Edge): string[] {
  const from = zoneOf(edge.from);
  const to = zoneOf(edge.to);
  if (!from || !to || from === to || from.mayImport.includes("*") || from.mayImport.includes(to.name)) return [];
  // The tests of a server's part may put real parts together; nothing else may.
  if (isTest(edge.from) && from.name.startsWith("server/") && to.name.startsWith("server/")) return [];
  const allowed = from.mayImport.length > 0 ? [from.name, ...from.mayImport].join(", ") : "nothing of ours but itself";
  return [`${edge.from}:${edge.line} imports ${edge.to}, but ${from.name} may import only: ${allowed}.`];
}

function wayAroundThePackage(edge: Edge): string[] {
  const [from, to] = [workspaceOf(edge.from), workspaceOf(edge.to)];
  if (!from || !to || from === to || !edge.specifier.startsWith(".")) return [];
  const name = `@parley/${edge.to.replace(/\.tsx?$/, "")}`;
  return [`${edge.from}:${edge.line} leaves its workspace by a relative path; write "${name}".`];
}

function workspaceOf(path: string): string | undefined {
  return /^(protocol|client|server|web|cli)\//.exec(path)?.[1];
}

function strangePackage(outside: Outside): string[] {
  const zone = zoneOf(outside.from);
  if (!zone || (isTest(outside.from) && TEST_PACKAGES.includes(outside.specifier))) return [];
  const builtin = /^(node:|bun$|bun:)/.test(outside.specifier);
  const where = `${outside.from}:${outside.line} imports "${outside.specifier}"`;
  if (builtin) return zone.builtins ? [] : [`${where}, but ${zone.name} uses nothing of Node's or Bun's own.`];
  const name = outside.specifier.split("/", outside.specifier.startsWith("@") ? 2 : 1).join("/");
  if (zone.packages.includes("*") || zone.packages.includes(name)) return [];
  const allowed = zone.packages.length > 0 ? `only: ${zone.packages.join(", ")}` : "no package at all";
  return [`${where}, but ${zone.name} may use ${allowed}.`];
}

function validatorsReached(graph: Graph, tree: Tree): string[] {
  const running = graph.edges.filter((edge) => !edge.typeOnly);
  const validators = graph.outside.filter((outside) => !outside.typeOnly && /^zod(\/|$)/.test(outside.specifier));
  const backwards = running.map((edge) => ({ ...edge, from: edge.to, to: edge.from }));
  const heavy = reachable(
    validators.map((outside) => outside.from),
    backwards,
  );
  const free = [...tree.keys()].filter((path) => path.startsWith("protocol/") && !isTest(path) && !heavy.has(path));
  return running.flatMap((edge) => {
    const zone = zoneOf(edge.from);
    if (!zone?.validatorFree || isTest(edge.from) || !edge.to.startsWith("protocol/") || !heavy.has(edge.to)) return [];
    const where = `${edge.from}:${edge.line} brings the validator of ${edge.to} to every user of ${zone.name}`;
    return [`${where}; use import type, or only: ${free.join(", ")}.`];
  });
}

function forbiddenGlobals(path: string, source: string): string[] {
  const zone = zoneOf(path);
  if (!zone || zone.builtins || isTest(path)) return [];
  const { code } = strip(source);
  const pattern = zone.pure ? IMPURE : BUN;
  return [...code.replaceAll(MARK, " ").matchAll(pattern)].filter(isGlobal(code)).map((match) => {
    const instead = zone.pure ? "has no clock, chance or runtime of its own; take it from a port" : "runs without Bun";
    return `${path}:${lineOf(code, match.index)} uses ${match[0].replace(/\s*\.$/, "")}, but ${zone.name} ${instead}.`;
  });
}

/** A property of that name is somebody's own word. */
function isGlobal(code: string): (match: RegExpMatchArray) => boolean {
  return (match) => !/(^|[^.])\.\s*$/.test(code.slice(Math.max(0, (match.index ?? 0) - 40), match.index));
}
