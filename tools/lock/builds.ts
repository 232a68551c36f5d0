/** A package as package-lock.json tells it; only what the checks of this house look at. */
export interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

/** A whole package-lock.json. */
export interface Lock {
  packages: Record<string, Locked>;
}

const SYSTEM = /android|darwin|freebsd|linux|openharmony|win32/;
const PROCESSOR = /arm64|arm|x64|ia32|ppc64|riscv64|s390x/;
const EXACT = /^\d+\.\d+\.\d+/;

/** The builds for some platform that a package names exactly and the lock file does not have. */
export function missingBuilds(lock: Lock): Record<string, Locked> {
  const missing: Record<string, Locked> = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isPresent(lock, path, name)) continue;
      const platform = platformOf(name);
      if (platform && EXACT.test(version)) missing[`node_modules/${name}`] = build(version, platform, dev);
    }
  }
  return missing;
}

function build(version: string, platform: Platform, dev: boolean | undefined): Locked {
  return { version, ...platform, ...(dev && { dev }), optional: true };
}

interface Platform {
  os: string[];
  cpu: string[];
  libc?: string[];
}

/** What a package of one platform says of it in its name. */
function platformOf(name: string): Platform | undefined {
  const [os, cpu] = [SYSTEM.exec(name)?.[0], PROCESSOR.exec(name)?.[0]];
  if (!os || !cpu) return undefined;
  if (os !== "linux") return { os: [os], cpu: [cpu] };
  return { os: [os], cpu: [cpu], libc: [name.includes("musl") ? "musl" : "glibc"] };
}

/** Looks as Node does: beside the package that asks, then outwards. */
function isPresent(lock: Lock, from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (lock.packages[`${folder}${folder ? "/" : ""}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}
