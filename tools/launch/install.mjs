import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { holdLock } from "./lock.mjs";
import { bun, root } from "./place.mjs";
import { runQuietly } from "./run.mjs";
import { progress, Refusal, say } from "./say.mjs";

const STAMP = join(root, "node_modules/.parley-installed");

// NODE_ENV=production or a careless .npmrc must not leave out the tools that build and run Parley, and an absent
// network must be told in seconds, not minutes.
const CI = "ci --include=dev --include=optional --no-audit --no-fund --prefer-offline --loglevel=error".split(" ");
const PATIENCE = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];

const CAUSES = [
  [/ENOENT.*spawn|spawn.*ENOENT/, "npm was not found; it comes with Node, please install it."],
  [/ENOSPC/, "the disk is full: there is no room for node_modules."],
  [/EACCES|EROFS|EPERM/, `npm may not write into ${root}; please make the folder yours.`],
  [/EUSAGE/, "package.json and package-lock.json disagree; please run npm install and commit the lock file."],
  [/EINTEGRITY/, "a package is not the one that package-lock.json names; please try npm cache verify."],
  [/EBADPLATFORM/, "a package does not exist for this kind of machine."],
  [
    /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|ENETDOWN|EHOSTUNREACH|ERR_SOCKET|ENOTCACHED|E50\d|network/,
    "npm could not reach its package registry; Parley needs the network once, to bring its parts.",
  ],
];

/** Makes node_modules what package-lock.json says; does nothing when it already is. */
export async function install() {
  const lock = readLock();
  if (isStamped(lock)) return;
  refuseStrangePlatform(lock);
  const release = await holdLock("install");
  try {
    if (!isStamped(lock) && !(await alreadyInstalled(lock))) await bringPackages(lock);
    writeFileSync(STAMP, stampOf(lock));
  } finally {
    release();
  }
}

function readLock() {
  try {
    const text = readFileSync(join(root, "package-lock.json"), "utf8");
    return { text, packages: JSON.parse(text).packages };
  } catch (error) {
    throw new Refusal(`package-lock.json cannot be read (${error.code ?? error.message}); this clone is not complete.`);
  }
}

function isStamped(lock) {
  return existsSync(STAMP) && existsSync(bun) && readFileSync(STAMP, "utf8") === stampOf(lock);
}

function stampOf(lock) {
  return createHash("sha256").update(`${process.platform} ${process.arch}\n${lock.text}`).digest("hex");
}

/** True when somebody ran npm themselves and brought exactly what the lock file names. */
async function alreadyInstalled(lock) {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const present = JSON.parse(readFileSync(record, "utf8")).packages;
  const wanted = Object.entries(lock.packages).filter(([path]) => path.startsWith("node_modules/"));
  const same = wanted.every(([path, { version, optional }]) =>
    present[path] ? present[path].version === version : optional,
  );
  return same && (await bunAnswers(lock));
}

async function bringPackages(lock) {
  const done = progress("installing packages with npm, only when they changed");
  const npm = npmCommand();
  const { code, output } = await runQuietly(npm[0], [...npm.slice(1), ...CI, ...PATIENCE], { cwd: root });
  const took = done();
  if (code !== 0) throw new Refusal(explainFailure(output));
  await repairBun(lock);
  say(`packages installed (${took}).`);
}

/** The npm that called us, or the one on the path. */
function npmCommand() {
  const caller = process.env.npm_execpath;
  if (caller && /^np[mx]-cli\.c?js$/.test(basename(caller))) {
    return [process.execPath, join(caller, "..", "npm-cli.js")];
  }
  return process.platform === "win32" ? ["cmd.exe", "/c", "npm"] : ["npm"];
}

/** npm may be set to run no install scripts; Bun's is the one that Parley cannot do without. */
async function repairBun(lock) {
  if (await bunAnswers(lock)) return;
  await runQuietly(process.execPath, ["install.js"], { cwd: join(root, "node_modules/bun") });
  if (await bunAnswers(lock)) return;
  throw new Refusal(`npm brought Bun ${wantedBun(lock)}, but it does not run on this machine.`);
}

async function bunAnswers(lock) {
  const { code, output } = await runQuietly(bun, ["--version"], { cwd: root });
  return code === 0 && output.trim() === wantedBun(lock);
}

function wantedBun(lock) {
  return lock.packages["node_modules/bun"]?.version;
}

function refuseStrangePlatform(lock) {
  const builds = Object.entries(lock.packages).filter(([path]) => path.startsWith("node_modules/@oven/bun-"));
  const fits = ([, { os = [], cpu = [] }]) => os.includes(process.platform) && cpu.includes(process.arch);
  if (builds.length === 0 || builds.some(fits)) return;
  throw new Refusal(`Bun, which Parley runs on, does not exist for ${process.platform} on ${process.arch}.`);
}

/** One sentence for the causes that people meet; npm's own last words for all others. */
function explainFailure(output) {
  const cause = CAUSES.find(([pattern]) => pattern.test(output));
  if (cause) return cause[1];
  const lines = output.split("\n").filter((line) => line.trim() && !/complete log|_logs/.test(line));
  return `npm could not install the packages: ${lines.slice(-3).join(" ").replaceAll("npm error ", "")}`;
}
