/** What a finished program said, and its exit code. */
export interface Answer {
  code: number;
  output: string;
}

/** Runs a program to its end. */
export async function ask(
  command: string[],
  options: { env?: Record<string, string | undefined>; cwd?: string } = {},
): Promise<Answer> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe", ...options });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: `${out}${err}` };
}
