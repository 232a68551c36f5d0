import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { debootstrap } from "../../../tools/debian.ts";
import { ROOT } from "../../../tools/source/tree.ts";
import { ask } from "./ask.ts";

const SUITES: Record<string, string> = { "12": "bookworm", bookworm: "bookworm", "13": "trixie", trixie: "trixie" };

/** What debootstrap has fetched stays for the next run; it checks every file anew. */
const PACKAGES = join(ROOT, ".parley/debian/packages");
const BOOTSTRAP_SECONDS = 240;

/**
 * Root folders that stand for the base images. What is not the real thing: Debian is made by debootstrap, without the
 * files that a `slim` image leaves out; and the Node in an image of Node is the Node of this machine.
 */
export class Bases {
  readonly #folder: string;
  readonly #made = new Map<string, Promise<string>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes what these images stand on, or says why this machine cannot. */
  async bring(images: string[]): Promise<this> {
    await rootRights();
    await Promise.all(images.map((image) => this.#debian(baseIn(image).suite)));
    return this;
  }

  /** A fresh root folder that stands for this image. */
  async root(image: string, into: string): Promise<string> {
    const { name, suite } = baseIn(image);
    await must(["cp", "-a", await this.#debian(suite), into]);
    if (name === "node") bringNode(into);
    return into;
  }

  #debian(suite: string): Promise<string> {
    const made = this.#made.get(suite) ?? this.#bootstrap(suite);
    this.#made.set(suite, made);
    return made;
  }

  async #bootstrap(suite: string): Promise<string> {
    const root = join(this.#folder, suite);
    mkdirSync(PACKAGES, { recursive: true });
    const words = ["--variant=minbase", `--cache-dir=${PACKAGES}`, suite, root];
    const mirror = process.env.DEBIAN_MIRROR;
    const patience = ["timeout", "--kill-after=5", String(BOOTSTRAP_SECONDS)];
    console.log(`making a root folder of Debian ${suite} …`);
    // Nothing of it has to outlive a power cut.
    const env = { ...process.env, DPKG_FORCE: "unsafe-io" };
    await must([...patience, await debootstrap(), ...words, ...(mirror ? [mirror] : [])], env);
    return root;
  }
}

/** Files can be seen elsewhere than they are only by root, where a process may have mounts of its own. */
export async function rootRights(): Promise<true> {
  if (process.getuid?.() !== 0) throw new Error("these tests give processes mounts of their own, which only root can.");
  await must(["unshare", "--mount", "true"]);
  return true;
}

/** Which Debian an image is: `debian:12.12-slim`, `node:24.11.1-bookworm-slim`. */
export function baseIn(image: string): { name: string; version: string; suite: string } {
  const [, name = "", version = "", flavour = ""] =
    /^(debian|node):(\d+\.\d+(?:\.\d+)?)-(?:(\w+)-)?slim$/.exec(image) ?? [];
  const suite = SUITES[name === "debian" ? (version.split(".")[0] ?? "") : flavour];
  if (!suite) throw new Error(`The base image ${image} is not one of Debian with its version.`);
  return { name, version, suite };
}

/** As in the image of Node: node and npm below /usr/local. */
function bringNode(root: string): void {
  const [node, npm] = [Bun.which("node"), Bun.which("npm")];
  if (!node || !npm) throw new Error("There is no Node on this machine.");
  cpSync(realpathSync(node), `${root}/usr/local/bin/node`);
  const folder = join(realpathSync(npm), "../..");
  mkdirSync(`${root}/usr/local/lib/node_modules`, { recursive: true });
  cpSync(folder, `${root}/usr/local/lib/node_modules/npm`, { recursive: true, dereference: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", `${root}/usr/local/bin/npm`);
}

/** What a build has from the machine it runs on: how to reach the network. */
export function bringNetwork(root: string): Record<string, string> {
  cpSync(realpathSync("/etc/resolv.conf"), `${root}/etc/resolv.conf`, { dereference: true });
  const env: Record<string, string> = {};
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (certificates && existsSync(certificates)) {
    cpSync(certificates, `${root}/etc/machine-certificates.pem`, { dereference: true });
    env.NODE_EXTRA_CA_CERTS = "/etc/machine-certificates.pem";
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (value && /^(https?_proxy|no_proxy)$/i.test(name)) env[name] = value;
  }
  const registry = Bun.spawnSync(["npm", "config", "get", "registry"], { stderr: "ignore" }).stdout.toString().trim();
  return { ...env, npm_config_registry: registry };
}

/** Runs a program to its end; one that fails is an error with its last words. */
async function must(command: string[], env = process.env): Promise<void> {
  const { code, output } = await ask(command, { env });
  if (code !== 0) throw new Error(`${command.join(" ")} failed:\n${output.split("\n").slice(-15).join("\n")}`);
}
