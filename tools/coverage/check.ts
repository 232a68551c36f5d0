/** What there is: rules of the specification, and files and folders of this repository. */
export interface Known {
  rules: ReadonlySet<string>;
  exists(path: string): boolean;
}

export interface Coverage {
  complaints: string[];
  lines: number;
  /** Lines that nothing proves yet. */
  open: number;
}

const OPEN = "open";
const SECTION = /^## `([\w-]+)`/;
const RULES = /^[A-Z]+\d+(, [A-Z]+\d+)*$/;

/** Checks the tables of docs/coverage.md: one section for each name, and in each row a line, where it lives and its rules. */
export function checkCoverage(page: string, names: readonly string[], known: Known): Coverage {
  const complaints: string[] = [];
  const counted = new Map(names.map((name) => [name, 0]));
  let section: string | null = null;
  let open = 0;
  for (const [at, text] of page.split("\n").entries()) {
    section = text.startsWith("## ") ? (SECTION.exec(text)?.[1] ?? null) : section;
    if (!section || !isRow(text)) continue;
    const cells = cellsOf(text);
    complaints.push(...faultsOf(cells, known).map((fault) => `docs/coverage.md:${at + 1} ${fault}`));
    if (cells[2] === OPEN) open++;
    if (counted.has(section)) counted.set(section, (counted.get(section) ?? 0) + 1);
    else complaints.push(`docs/coverage.md:${at + 1} stands under ${section}, which is no dialect.`);
  }
  for (const [name, lines] of counted) if (lines === 0) complaints.push(`docs/coverage.md has no line of ${name}.`);
  return { complaints, open, lines: [...counted.values()].reduce((sum, lines) => sum + lines, 0) };
}

function isRow(text: string): boolean {
  return text.startsWith("| ") && !text.startsWith("| line |");
}

function cellsOf(row: string): string[] {
  return row
    .slice(1, row.lastIndexOf("|"))
    .split(" | ")
    .map((cell) => cell.trim());
}

function faultsOf(cells: string[], { rules, exists }: Known): string[] {
  const [line = "", where = "", proof = ""] = cells;
  if (cells.length !== 3 || line === "") return ["is no row of a line, a place and a proof."];
  const paths = [...where.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  const lost = paths.filter((path) => !exists(path)).map((path) => `names ${path}, which does not exist.`);
  if (proof === OPEN) return lost;
  if (paths.length === 0) return ["says nowhere where it lives."];
  if (!RULES.test(proof)) return [...lost, `has "${proof}" for a proof; write rules such as DIA1, or ${OPEN}.`];
  const unknown = proof.split(", ").filter((id) => !rules.has(id));
  return [...lost, ...unknown.map((id) => `is proven by ${id}, which SPEC.md does not have.`)];
}
