import { chownSync, copyFileSync, cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Context } from "./context.ts";
import { type Bases, bringNetwork } from "./debian-root.ts";
import { execForm, type Instruction, lastOf, type Stage } from "./dockerfile.ts";

type Environment = Record<string, string>;

/** What is said beside the files of an image. */
interface Settings {
  env: Environment;
  folder: string;
  user: string;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** They change nothing while an image is made. */
const SAID_ONLY = new Set(["EXPOSE", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD", "LABEL", "STOPSIGNAL"]);

/** An image whose files lie in a root folder: what its Dockerfile says was done, line by line. */
export class Image {
  readonly root: string;
  readonly #stage: Stage;
  readonly #settings: Settings = { env: { PATH }, folder: "/", user: "root" };

  private constructor(root: string, stage: Stage) {
    this.root = root;
    this.#stage = stage;
  }

  /** Carries out the stages; the last one is the image. */
  static async build(stages: Stage[], context: Context, bases: Bases, folder: string): Promise<Image> {
    const done = new Map<string, Image>();
    let last: Image | undefined;
    for (const [i, stage] of stages.entries()) {
      last = new Image(await bases.root(stage.base, join(folder, `stage-${i}`)), stage);
      // Only what is thrown away again may know how this machine reaches the network.
      const network = i < stages.length - 1 ? bringNetwork(last.root) : {};
      for (const instruction of stage.instructions) await last.#carryOut(instruction, context, done, network);
      done.set(stage.name, last);
    }
    if (!last) throw new Error("A Dockerfile without FROM makes nothing.");
    return last;
  }

  /** What `docker run` starts. */
  get command(): string[] {
    return [...execForm(lastOf(this.#stage, "ENTRYPOINT")), ...execForm(lastOf(this.#stage, "CMD"))];
  }

  /** What the engine asks from time to time, and how. */
  get health(): { command: string[]; flags: Record<string, string> } {
    const { name, rest, flags } = lastOf(this.#stage, "HEALTHCHECK");
    return { command: execForm({ name, flags, rest: rest.replace(/^CMD\s+/, "") }), flags };
  }

  get user(): string {
    return this.#settings.user;
  }

  get env(): Environment {
    return this.#settings.env;
  }

  /** Starts a program in it as its user; what it replaces this process with gets the signals. */
  start(command: string[], env: Environment = {}): Bun.Subprocess<"ignore", "pipe", "pipe"> {
    const { env: said, folder, user } = this.#settings;
    const script =
      'mount -t proc proc "$1/proc" && cd / && root=$1 user=$2 folder=$3 && shift 3 && ' +
      'exec chroot --userspec="$user" "$root" /usr/bin/env -C "$folder" "$@"';
    // A mount that only this process and its children see; it ends with them.
    const inside = ["unshare", "--mount", "sh", "-c", script, "sh", this.root, user, folder, ...command];
    return Bun.spawn(inside, { env: { ...said, ...env }, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  }

  /** Runs a program in it to its end. */
  async run(command: string[], env: Environment = {}): Promise<{ code: number; output: string }> {
    const child = this.start(command, env);
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, output: `${out}${err}` };
  }

  async #carryOut(instruction: Instruction, context: Context, done: Map<string, Image>, network: Environment) {
    const { name, rest, flags } = instruction;
    if (name === "RUN") await this.#runStep(rest, network);
    else if (name === "COPY") this.#copy(rest, flags.from === undefined ? context : this.#imageOf(flags.from, done));
    else if (name === "ENV") Object.assign(this.#settings.env, pairsIn(rest));
    else if (name === "WORKDIR") mkdirSync(join(this.root, this.#enter(rest)), { recursive: true });
    else if (name === "USER") this.#settings.user = rest;
    else if (!SAID_ONLY.has(name)) throw new Error(`${name} is not understood here.`);
  }

  #enter(folder: string): string {
    this.#settings.folder = absolute(this.#settings.folder, folder);
    return this.#settings.folder;
  }

  async #runStep(script: string, network: Environment): Promise<void> {
    // Said aloud, because a step that is silent for too long counts as hung.
    console.log(`RUN ${script}`);
    const { code, output } = await this.run(["/bin/sh", "-c", script], network);
    if (code !== 0) throw new Error(`RUN ${script}\nfailed with ${code}:\n${output.split("\n").slice(-20).join("\n")}`);
  }

  #imageOf(name: string, done: Map<string, Image>): Image {
    const image = done.get(name);
    if (!image) throw new Error(`COPY --from=${name}: there is no such stage.`);
    return image;
  }

  #copy(rest: string, from: Context | Image): void {
    const words = rest.split(/\s+/);
    const to = words.pop() ?? "";
    if (words.length > 1 && !to.endsWith("/")) throw new Error(`COPY ${rest}: several files need a folder.`);
    const target = join(this.root, absolute(this.#settings.folder, to));
    for (const word of words) copyOne(from, word, target, to.endsWith("/"));
  }
}

function copyOne(from: Context | Image, word: string, target: string, intoFolder: boolean): void {
  const source = join(from.root, word);
  if (!existsSync(source)) throw new Error(`COPY ${word}: it is not there.`);
  const isFolder = statSync(source).isDirectory();
  const place = !isFolder && intoFolder ? join(target, word.split("/").at(-1) ?? "") : target;
  mkdirSync(isFolder ? place : dirname(place), { recursive: true });
  if (from instanceof Image) return cpSync(source, place, { recursive: true, verbatimSymlinks: true });
  const files = from.filesOf(word);
  if (files.length === 0) throw new Error(`COPY ${word}: .dockerignore leaves nothing of it.`);
  for (const file of files) copyFile(join(from.root, file), isFolder ? join(place, file.slice(word.length)) : place);
}

function copyFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chownSync(to, 0, 0);
}

function absolute(folder: string, path: string): string {
  return path.startsWith("/") ? path : join(folder, path);
}

function pairsIn(rest: string): Environment {
  const pairs = rest.split(/\s+/).map((word) => /^([A-Z_]+)=(\S*)$/.exec(word));
  if (pairs.some((pair) => pair === null)) throw new Error(`ENV ${rest} is not understood.`);
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}
