import { nats, redis } from "../../tools/debian.ts";
import { freePort, temporaryFolder } from "./process.ts";

/** A broker of its own process on a free port of this machine, which can be ended and started again. */
export class OwnBroker {
  readonly port: number;
  readonly #command: string[];
  readonly #folder: { path: string; remove(): void };
  #child: Bun.Subprocess | null = null;

  private constructor(port: number, command: string[], folder: { path: string; remove(): void }) {
    this.port = port;
    this.#command = command;
    this.#folder = folder;
  }

  /** A Redis that keeps nothing; `more` are further lines of its settings. */
  static async redis(...more: string[]): Promise<OwnBroker> {
    const [program, port, folder] = [await redis(), await freePort(), temporaryFolder()];
    const fixed = [
      "--bind",
      "127.0.0.1",
      "--port",
      `${port}`,
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      folder.path,
    ];
    return new OwnBroker(port, [program, ...fixed, ...more], folder).#started();
  }

  /** A Sentinel that watches one master by the name `parley`. */
  static async sentinel(master: number): Promise<OwnBroker> {
    const [program, port, folder] = [await redis(), await freePort(), temporaryFolder()];
    const file = `${folder.path}/sentinel.conf`;
    await Bun.write(
      file,
      `bind 127.0.0.1\nport ${port}\ndir ${folder.path}\nsentinel monitor parley 127.0.0.1 ${master} 1\n`,
    );
    return new OwnBroker(port, [program, file, "--sentinel"], folder).#started();
  }

  static async nats(): Promise<OwnBroker> {
    const [program, port, folder] = [await nats(), await freePort(), temporaryFolder()];
    return new OwnBroker(port, [program, "--addr", "127.0.0.1", "--port", `${port}`], folder).#started();
  }

  async #started(): Promise<OwnBroker> {
    await this.serve();
    return this;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it, or starts it again. Resolves when it takes connections. */
  async serve(): Promise<void> {
    this.#child = Bun.spawn(this.#command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    for (let attempt = 0; ; attempt++) {
      try {
        const socket = await Bun.connect({ hostname: "127.0.0.1", port: this.port, socket: { data() {} } });
        socket.end();
        return;
      } catch (error) {
        if (attempt === 200) throw error;
        await Bun.sleep(25);
      }
    }
  }

  async end(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
  }

  async remove(): Promise<void> {
    await this.end();
    this.#folder.remove();
  }
}
