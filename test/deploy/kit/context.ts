import { readdirSync } from "node:fs";

/** Which paths of a clone reach a build, as `.dockerignore` says. */
export class Context {
  readonly root: string;
  readonly #rules: { matches: (path: string) => boolean; ignored: boolean }[];

  constructor(root: string, ignore: string) {
    this.root = root;
    const lines = ignore.split("\n").map((line) => line.trim());
    this.#rules = lines.filter((line) => line !== "" && !line.startsWith("#")).map(ruleIn);
  }

  /** The last line that speaks of a path, or of a folder that it is in, decides. */
  has(path: string): boolean {
    const last = this.#rules.findLast(({ matches }) => selfAndFolders(path).some(matches));
    return !last?.ignored;
  }

  /** All files below a path that reach the build, or the path itself. */
  filesOf(path: string): string[] {
    if (!this.has(path)) return [];
    const entries = entriesOf(`${this.root}/${path}`);
    if (entries === null) return [path];
    return entries.flatMap((name) => this.filesOf(`${path}/${name}`));
  }
}

function entriesOf(folder: string): string[] | null {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as { code?: string }).code === "ENOTDIR") return null;
    throw error;
  }
}

function ruleIn(line: string): { matches: (path: string) => boolean; ignored: boolean } {
  const ignored = !line.startsWith("!");
  const glob = new Bun.Glob(ignored ? line : line.slice(1));
  return { matches: (path) => glob.match(path), ignored };
}

function selfAndFolders(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}
