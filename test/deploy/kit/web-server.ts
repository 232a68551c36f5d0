import { connect } from "node:net";

const STARTS_WITHIN = 15_000;

/** A web server in front of Parley, as a process of its own. */
export class WebServer {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #said: Promise<string>;

  private constructor(command: string[], env: Record<string, string>) {
    this.#child = Bun.spawn(command, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const { stdout, stderr } = this.#child;
    this.#said = Promise.all([new Response(stdout).text(), new Response(stderr).text()]).then((all) => all.join(""));
  }

  /** Starts it, and resolves once it listens on this port of this machine. */
  static async start(command: string[], env: Record<string, string>, port: number): Promise<WebServer> {
    const server = new WebServer(command, env);
    for (const until = Date.now() + STARTS_WITHIN; !(await listens(port)); await Bun.sleep(20)) {
      if (server.#child.exitCode === null && Date.now() < until) continue;
      await server.stop();
      throw new Error(`${command[0]} does not start: ${await server.#said}`);
    }
    return server;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
