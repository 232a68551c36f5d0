const STARTS_WITHIN = 20_000;

/** A web server in front of Parley, as a process of its own. */
export class WebServer {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #said: Promise<string>;

  private constructor(command: string[], env: Record<string, string>) {
    this.#child = Bun.spawn(command, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const { stdout, stderr } = this.#child;
    this.#said = Promise.all([new Response(stdout).text(), new Response(stderr).text()]).then((all) => all.join(""));
  }

  /** Starts it, and resolves once it is so that it works; otherwise it is an error with its own words. */
  static async start(
    command: string[],
    env: Record<string, string>,
    works: () => Promise<boolean>,
  ): Promise<WebServer> {
    const server = new WebServer(command, env);
    for (const until = Date.now() + STARTS_WITHIN; !(await works()); await Bun.sleep(50)) {
      if (server.#child.exitCode === null && Date.now() < until) continue;
      await server.stop();
      throw new Error(`${command[0]} does not work: ${await server.#said}`);
    }
    return server;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }
}
