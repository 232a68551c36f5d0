import { dirname, join } from "node:path";
import { type Import, importsOf } from "../source/imports.ts";
import type { Tree } from "../source/tree.ts";

/** An import of one file of ours by another. */
export interface Edge extends Import {
  from: string;
  to: string;
}

/** An import of something that is not ours. */
export interface Outside extends Import {
  from: string;
}

/** Who imports what, types included. */
export interface Graph {
  edges: Edge[];
  outside: Outside[];
}

const ENDINGS = ["", ".ts", ".tsx", "/index.ts", "/index.tsx"];

/** Reads the import graph of a tree. */
export function graphOf(tree: Tree): Graph {
  const graph: Graph = { edges: [], outside: [] };
  for (const [from, source] of tree) {
    for (const found of importsOf(source)) {
      const to = targetOf(from, found.specifier, tree);
      if (to === undefined) graph.outside.push({ ...found, from });
      else graph.edges.push({ ...found, from, to });
    }
  }
  return graph;
}

/** The path that a specifier means, or undefined when it is not ours. */
function targetOf(from: string, specifier: string, tree: Tree): string | undefined {
  const path = specifier.startsWith(".")
    ? join(dirname(from), specifier)
    : /^@parley\/(.+)$/.exec(specifier)?.[1]?.replace(/\/$/, "");
  if (path === undefined) return undefined;
  return ENDINGS.map((ending) => `${path}${ending}`).find((candidate) => tree.has(candidate)) ?? path;
}

/** One shortest way back to its start for every knot of files that import each other. */
export function cyclesOf(edges: Edge[]): string[][] {
  const next = adjacency(edges);
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of [...next.keys()].sort()) {
    if (seen.has(start)) continue;
    const cycle = wayBack(start, next);
    if (!cycle) continue;
    cycles.push(cycle);
    for (const file of knotOf(start, next)) seen.add(file);
  }
  return cycles;
}

/** Every file that can be reached from the given ones. */
export function reachable(starts: Iterable<string>, edges: Edge[]): Set<string> {
  const next = adjacency(edges);
  const seen = new Set(starts);
  for (const file of seen) for (const target of next.get(file) ?? []) seen.add(target);
  return seen;
}

function adjacency(edges: Edge[]): Map<string, Set<string>> {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  return next;
}

function wayBack(start: string, next: Map<string, Set<string>>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const target of next.get(file) ?? []) {
      if (target === start) return trail(file, start, cameFrom);
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, file);
      queue.push(target);
    }
  }
  return undefined;
}

function trail(last: string, start: string, cameFrom: Map<string, string>): string[] {
  const steps = [start];
  for (let file: string | undefined = last; file !== undefined && file !== start; file = cameFrom.get(file)) {
    steps.splice(1, 0, file);
  }
  return [...steps, start];
}

/** The files that start reaches and that reach it. */
function knotOf(start: string, next: Map<string, Set<string>>): string[] {
  const edges = [...next].flatMap(([from, targets]) => [...targets].map((to) => ({ from, to }) as Edge));
  const backwards = edges.map(({ from, to }) => ({ from: to, to: from }) as Edge);
  const behind = reachable([start], backwards);
  return [...reachable([start], edges)].filter((file) => behind.has(file));
}
