import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { compiler } from "../../tools/debian.ts";

const HERE = join(import.meta.dir, "..");
const BUILT = join(HERE, ".built");

/** The path of a C file of this folder as a program, compiled where it is newer than what was compiled before. */
export async function compiled(source: string): Promise<string> {
  const [from, to] = [join(HERE, source), join(BUILT, source.replace(/.*\/|\.c$/g, ""))];
  if ((statSync(to, { throwIfNoEntry: false })?.mtimeMs ?? 0) > statSync(from).mtimeMs) return to;
  mkdirSync(BUILT, { recursive: true });
  const cc = Bun.spawn([await compiler(), "-O3", "-march=native", "-o", to, from], { stderr: "pipe" });
  if ((await cc.exited) !== 0) throw new Error(`cc ${source}: ${await new Response(cc.stderr).text()}`);
  return to;
}
