import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../source/tree.ts";

// Brings a Bun as npm would, and notes that it was asked; FAKE_NPM makes it fail with those words.
const FAKE_NPM = `
const { appendFileSync, mkdirSync, rmSync, symlinkSync } = require("node:fs");
appendFileSync("npm.log", process.argv.slice(2, 3) + "\\n");
if (process.env.FAKE_NPM) {
  console.error("npm error " + process.env.FAKE_NPM);
  process.exit(1);
}
mkdirSync("node_modules/bun/bin", { recursive: true });
rmSync("node_modules/bun/bin/bun.exe", { force: true });
symlinkSync(${JSON.stringify(process.execPath)}, "node_modules/bun/bin/bun.exe");
`;

const FAKE_VITE = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
appendFileSync("../vite.log", "build\\n");
const page = readFileSync("index.html", "utf8");
if (page.includes("broken")) {
  console.error("cannot resolve main.tsx");
  process.exit(1);
}
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", page);
`;

/** A folder that holds the launcher and stand-ins for all that it launches, npm among them. */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), "parley-clone-"));
  private readonly node = Bun.which("node") ?? process.execPath;

  constructor() {
    for (const path of ["tools/launch.mjs", "tools/launch", "bin"]) {
      cpSync(join(ROOT, path), join(this.folder, path), { recursive: true });
    }
    this.lock({});
    this.write("npm-cli.js", FAKE_NPM);
    this.write("node_modules/vite/bin/vite.js", FAKE_VITE);
    this.write("server/main.ts", "console.log('serving', ...process.argv.slice(2));\n");
    this.write("cli/main.ts", "console.log('cli', ...process.argv.slice(2)); process.exit(3);\n");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  lock(packages: Record<string, object>): void {
    this.write(
      "package-lock.json",
      JSON.stringify({ packages: { "": {}, "node_modules/bun": { version: Bun.version }, ...packages } }),
    );
  }

  /** How often a stand-in was asked. */
  asked(name: "npm" | "vite"): number {
    const log = join(this.folder, `${name}.log`);
    return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0;
  }

  start(args: string[], env: Record<string, string | undefined> = {}): Bun.Subprocess<"ignore", "pipe", "pipe"> {
    return Bun.spawn([this.node, ...args], {
      cwd: this.folder,
      env: { ...process.env, npm_execpath: join(this.folder, "npm-cli.js"), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs the launcher to its end. */
  async launch(args: string[], env: Record<string, string | undefined> = {}): Promise<Launched> {
    const child = this.start(["tools/launch.mjs", ...args], env);
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, out, err };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a launch printed and how it ended. */
export interface Launched {
  code: number;
  out: string;
  err: string;
}
