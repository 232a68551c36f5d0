// Programs from Debian that tests need. On the path: taken. Else installed when we are root, or unpacked into .parley
// without any right or service. Else the tests that need them are skipped with one sentence, but never under CI.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./source/tree.ts";

/** A program that a Debian package holds. */
export interface Program {
  package: string;
  /** Its name on the path. */
  name: string;
  /** Its path inside the package, without wrappers that expect an installed system. */
  inside: string;
  /** It is loaded into other programs, never started, and `inside` is a pattern. */
  library?: true;
  /** Installing it would start a service, so it is only ever unpacked; `inside` may be a pattern. */
  service?: true;
  /** Packages that it works with and does not ask for. */
  with?: readonly string[];
}

const program = (name: string, inside: string): Program => ({ package: name, name, inside });

const FOLDER = `${ROOT}/.parley/debian`;
const CHROMIUM: Program = { package: "chromium", name: "chromium", inside: "usr/lib/chromium/chromium" };
const STRACE: Program = { package: "strace", name: "strace", inside: "usr/bin/strace" };
const FAKETIME: Program = {
  package: "libfaketime",
  name: "libfaketime.so.1",
  inside: "usr/lib/*/faketime/libfaketime.so.1",
  library: true,
};

const POSTGRES: Program = {
  package: "postgresql",
  name: "postgres",
  inside: "usr/lib/postgresql/*/bin/postgres",
  service: true,
};

/** Where a Chromium is that tests may start; brings one if need be. */
export function chromium(): Promise<string> {
  return bring(CHROMIUM, FOLDER);
}

/** Shows what a process asks of the system, and can let it fail. */
export function strace(): Promise<string> {
  return bring(STRACE, FOLDER);
}

/** A library that tells a process another time of day. */
export function libfaketime(): Promise<string> {
  return bring(FAKETIME, FOLDER);
}

/** Makes a root folder of Debian. It works only where it is installed, by root. */
export function debootstrap(): Promise<string> {
  return bring(program("debootstrap", "usr/sbin/debootstrap"), FOLDER);
}

/** A web server that brings certificates. */
export function caddy(): Promise<string> {
  return bring({ ...program("caddy", "usr/bin/caddy"), service: true }, FOLDER);
}

/** A web server that can stand in front. */
export function nginx(): Promise<string> {
  return bring({ ...program("nginx", "usr/sbin/nginx"), service: true }, FOLDER);
}

/** Makes certificates. */
export function openssl(): Promise<string> {
  return bring(program("openssl", "usr/bin/openssl"), FOLDER);
}

/** Reads compose files. It is made of Python, and may find its parts only where it is installed. */
export async function dockerCompose(): Promise<string> {
  const compose = program("docker-compose", "usr/bin/docker-compose");
  const path = await bring(compose, FOLDER);
  if ((await run([path, "version"])).code !== 0) throw new Error(`${sentence(compose)} installed by root.`);
  return path;
}

/** Reads and judges units. */
export function systemdAnalyze(): Promise<string> {
  return bring({ package: "systemd", name: "systemd-analyze", inside: "usr/bin/systemd-analyze" }, FOLDER);
}

export function redis(): Promise<string> {
  return bring(
    { package: "redis-server", name: "redis-server", inside: "usr/bin/redis-server", service: true },
    FOLDER,
  );
}

export function nats(): Promise<string> {
  return bring({ package: "nats-server", name: "nats-server", inside: "usr/sbin/nats-server", service: true }, FOLDER);
}

/** Serves web applications of Python, FastAPI's among them. */
export function uvicorn(): Promise<string> {
  const parts = ["python3-fastapi", "python3-websockets", "python3-uvloop", "python3-httptools"];
  return bring({ ...program("uvicorn", "usr/bin/uvicorn"), with: parts }, FOLDER);
}

export function mosquitto(): Promise<string> {
  return bring({ ...program("mosquitto", "usr/sbin/mosquitto"), service: true }, FOLDER);
}

export function inspircd(): Promise<string> {
  return bring({ ...program("inspircd", "usr/sbin/inspircd"), service: true }, FOLDER);
}

export function prosody(): Promise<string> {
  return bring({ ...program("prosody", "usr/bin/prosody"), service: true }, FOLDER);
}

/** The folder below which a program that was brought finds its parts: empty where it is installed. */
export function rootOf(path: string): string {
  return path.startsWith(`${FOLDER}/`) ? join(dirname(path), "root") : "";
}

/** Compiles C. It finds its parts only where it is installed. */
export async function compiler(): Promise<string> {
  const cc: Program = { ...program("gcc", "usr/bin/gcc"), name: "cc", with: ["libc6-dev"] };
  if (!Bun.which("cc") && process.getuid?.() !== 0) throw new Error(`${sentence(cc)} installed by root.`);
  return bring(cc, FOLDER);
}

/** Makes the folder of a Postgres, and serves it. */
export async function postgresPrograms(): Promise<{ initdb: string; postgres: string }> {
  const postgres = await bring(POSTGRES, FOLDER);
  if (!postgres.endsWith("/run")) return { initdb: join(dirname(postgres), "initdb"), postgres };
  const initdb = join(dirname(postgres), "run-initdb");
  writeFileSync(initdb, readFileSync(postgres, "utf8").replace("bin/postgres", "bin/initdb"), { mode: 0o755 });
  return { initdb, postgres };
}

/** What tests need, or undefined with a sentence that the test run shows; under CI the lack is an error. */
export async function orSkip<T>(needed: Promise<T>): Promise<T | undefined> {
  try {
    return await needed;
  } catch (error) {
    if (process.env.CI === "true") throw error;
    console.error(`skipped: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** Finds or brings a program; `folder` is where packages are unpacked. */
export async function bring(program: Program, folder: string): Promise<string> {
  const present = found(program, folder);
  if (present) return present;
  if (!Bun.which("apt-get") || !Bun.which("dpkg")) throw new Error(`${sentence(program)} and this is no Debian.`);
  const installed = process.getuid?.() === 0 && !program.service ? await install(program) : null;
  return installed ?? unpack(program, folder);
}

/** Where it is installed, or where it was unpacked. */
function found({ package: from, name, inside, library, service }: Program, folder: string): string | null {
  const unpacked = `${folder}/${from}`;
  const installed = Bun.which(name) ?? (service ? oneLike(inside, "/") : null);
  if (library) return oneLike(inside, "/") ?? oneLike(inside, `${unpacked}/root`);
  return installed ?? (existsSync(`${unpacked}/run`) ? `${unpacked}/run` : null);
}

function oneLike(pattern: string, cwd: string): string | null {
  if (!existsSync(cwd)) return null;
  const [path] = new Bun.Glob(pattern).scanSync({ cwd, absolute: true });
  return path ?? null;
}

function sentence(program: Program): string {
  return `this needs ${program.name} from the Debian package "${program.package}",`;
}

function packagesOf(program: Program): string[] {
  return [program.package, ...(program.with ?? [])];
}

async function install(program: Program): Promise<string | null> {
  const command = ["apt-get", "install", "-y", "--no-install-recommends", ...packagesOf(program)];
  const quiet = { DEBIAN_FRONTEND: "noninteractive" };
  if ((await run(command, quiet)).code !== 0) {
    await run(["apt-get", "update"], quiet);
    await run(command, quiet);
  }
  return found(program, "");
}

async function unpack(program: Program, folder: string): Promise<string> {
  // Made under another name first, so that a run that was cut short leaves nothing that looks complete.
  const draft = `${folder}/${program.package}.${process.pid}`;
  mkdirSync(`${draft}/packages`, { recursive: true });
  try {
    await download(program, folder, `${draft}/packages`);
    for (const file of readdirSync(`${draft}/packages`)) {
      await mustRun(program, ["dpkg", "-x", `${draft}/packages/${file}`, `${draft}/root`]);
    }
    rmSync(`${draft}/packages`, { recursive: true });
    const final = `${folder}/${program.package}`;
    writeFileSync(`${draft}/run`, launcher(program, `${final}/root`), { mode: 0o755 });
    if (!existsSync(final)) renameSync(draft, final);
    return found(program, folder) ?? `${final}/run`;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Fetches the package and what it needs beyond what is installed. */
async function download(program: Program, folder: string, into: string): Promise<void> {
  const plan = ["install", "--simulate", "--reinstall", "--no-install-recommends", ...packagesOf(program)];
  let apt = ["apt-get"];
  let planned = await run([...apt, ...plan]);
  if (planned.code !== 0) {
    apt = ["apt-get", ...ownLists(folder)];
    await run([...apt, "update"]);
    planned = await run([...apt, ...plan]);
  }
  const names = [...planned.output.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? "");
  if (names.length === 0) throw new Error(`${sentence(program)} and apt cannot find it.`);
  await mustRun(program, [...apt, "download", ...names], into);
}

/** The lists of a machine where nobody ever updated them are ours to fetch, not ours to write. */
function ownLists(folder: string): string[] {
  mkdirSync(`${folder}/lists/partial`, { recursive: true });
  mkdirSync(`${folder}/cache/archives/partial`, { recursive: true });
  return ["-o", `Dir::State::Lists=${folder}/lists`, "-o", `Dir::Cache=${folder}/cache`];
}

/** Starts the unpacked program with the libraries, fonts and settings that came with it. */
function launcher(program: Program, root: string): string {
  return `#!/bin/sh
libraries=$(find "${root}/lib" "${root}/usr/lib" -maxdepth 1 -type d 2>/dev/null | tr '\\n' ':')
export LD_LIBRARY_PATH="$libraries$LD_LIBRARY_PATH" XDG_DATA_HOME="\${XDG_DATA_HOME:-${root}/usr/share}"
export PYTHONPATH="${root}/usr/lib/python3/dist-packages"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="${root}/etc/fonts"
exec "${root}"/${program.inside} "$@"
`;
}

async function mustRun(program: Program, command: string[], cwd = ROOT): Promise<void> {
  const { code, output } = await run(command, {}, cwd);
  const reason = output.trim().split("\n").at(-1);
  if (code !== 0) throw new Error(`${sentence(program)} and ${command[0]} could not bring it: ${reason}`);
}

async function run(
  command: string[],
  extra: Record<string, string> = {},
  cwd = ROOT,
): Promise<{ code: number; output: string }> {
  const env = { ...process.env, LC_ALL: "C", ...extra };
  const child = Bun.spawn(command, { cwd, env, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: `${out}${err}` };
}

if (import.meta.main) await orSkip(chromium());
