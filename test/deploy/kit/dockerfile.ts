/** One line of a Dockerfile, its continuations joined. */
export interface Instruction {
  name: string;
  /** `--from=build` and the like. */
  flags: Record<string, string>;
  /** What follows, as it was written. */
  rest: string;
}

/** What a `FROM` begins. */
export interface Stage {
  base: string;
  /** Its name for others; empty where it has none. */
  name: string;
  instructions: Instruction[];
}

/** The stages of a Dockerfile, in order. */
export function stagesOf(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructionsIn(text)) {
    if (instruction.name === "FROM") stages.push(begunBy(instruction));
    else if (stages.length === 0) throw new Error(`${instruction.name} stands before FROM.`);
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** The words of an instruction in its JSON form, which starts a program without a shell. */
export function execForm({ name, rest }: Instruction): string[] {
  const words: unknown = JSON.parse(rest);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new Error(`${name} is not in its JSON form.`);
}

/** The last instruction of this name: what an image keeps. */
export function lastOf(stage: Stage, name: string): Instruction {
  const found = stage.instructions.findLast((instruction) => instruction.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
}

function instructionsIn(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
  const joined = lines.join("\n").replaceAll(/\\\n/g, " ");
  return joined
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(instructionIn);
}

function instructionIn(line: string): Instruction {
  const [, name = "", after = ""] = /^([A-Z]+)\s+(.*)$/s.exec(line) ?? [];
  if (!name) throw new Error(`This is no instruction: ${line}`);
  const flags: Record<string, string> = {};
  const rest = after.replace(/^(?:--[a-z-]+=\S+\s+)+/, (words) => {
    for (const [, flag = "", value = ""] of words.matchAll(/--([a-z-]+)=(\S+)/g)) flags[flag] = value;
    return "";
  });
  return { name, flags, rest };
}

function begunBy({ rest }: Instruction): Stage {
  const [base = "", as = "", name = ""] = rest.split(/\s+/);
  if (as && as.toUpperCase() !== "AS") throw new Error(`FROM ${rest} is not understood.`);
  return { base, name, instructions: [] };
}
