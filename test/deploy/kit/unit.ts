/** A unit of systemd: each setting of one section with its values, in order. */
export class Unit {
  readonly #lines: string[];

  constructor(text: string) {
    this.#lines = text.split("\n").map((line) => line.trim());
  }

  all(name: string): string[] {
    const beginning = `${name}=`;
    return this.#lines.filter((line) => line.startsWith(beginning)).map((line) => line.slice(beginning.length));
  }

  /** The only value of a setting. */
  one(name: string): string {
    const [value, ...more] = this.all(name);
    if (value === undefined || more.length > 0) throw new Error(`${name} does not stand there once.`);
    return value;
  }

  get environment(): Record<string, string> {
    const pairs = this.all("Environment").flatMap((line) => line.split(" "));
    return Object.fromEntries(pairs.map((pair) => pair.split("=", 2) as [string, string]));
  }
}

/** The system calls that a filter's names allow; `listing` is what `systemd-analyze syscall-filter` says. */
export function callsIn(filter: string[], listing: string): Set<string> {
  const groups = new Map<string, string[]>();
  let members: string[] = [];
  for (const line of listing.split("\n")) {
    if (line.startsWith("@")) {
      members = [];
      groups.set(line.trim(), members);
    } else if (/^\s+[^#\s]/.test(line)) members.push(line.trim());
  }
  const expand = (name: string): string[] => groups.get(name)?.flatMap(expand) ?? [name];
  return new Set(filter.flatMap(expand));
}
