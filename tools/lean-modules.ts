// For images: removes from node_modules what only comes along with packages whose finished files are served, and what
// only those read who develop. Run it in the folder of an installation without devDependencies.
import { readFileSync, rmSync } from "node:fs";

/** What a lock file says of one package; its path is the key. */
export interface Installed {
  link?: boolean;
  resolved?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

type Packages = Record<string, Installed>;

/** Files of these are served as they are; what they are made of is in them. */
const SERVED: ReadonlySet<string> = new Set(["redoc", "swagger-ui-dist"]);
const FOR_DEVELOPERS = ["*.map", "*.d.ts", "*.d.cts", "*.d.mts"];

/** Pure: the paths that no workspace asks for, itself or through a package that is not only served. */
export function needless(packages: Packages, served = SERVED): string[] {
  const needed = new Set(Object.keys(packages).filter((path) => !path.includes("node_modules/")));
  for (const path of needed) {
    if (served.has(nameAt(path))) continue;
    for (const name of asked(packages[path])) {
      const found = nearest(packages, path, name);
      if (found !== null) needed.add(found);
    }
  }
  return Object.keys(packages).filter((path) => !needed.has(path) && packages[path]?.link !== true);
}

function asked({ dependencies, optionalDependencies, peerDependencies }: Installed = {}): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** Where this name leads from here: in the nearest node_modules above; a link leads to its workspace. */
function nearest(packages: Packages, from: string, name: string): string | null {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const path = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    const found = packages[path];
    if (found) return found.link && found.resolved ? found.resolved : path;
    if (at === "") return null;
  }
}

function nameAt(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

if (import.meta.main) {
  const { packages } = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8")) as { packages: Packages };
  for (const path of needless(packages)) rmSync(path, { recursive: true, force: true });
  for (const pattern of FOR_DEVELOPERS) {
    const files = new Bun.Glob(`node_modules/**/${pattern}`).scanSync({ followSymlinks: false });
    for (const file of [...files]) rmSync(file);
  }
}
