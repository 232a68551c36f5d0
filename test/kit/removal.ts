import { afterAll, afterEach, beforeAll, beforeEach } from "bun:test";
import { readFileSync } from "node:fs";
import type { Client } from "@parley/client";
import { proofOf } from "@parley/server/auth/digests";
import type { Store } from "@parley/server/core/ports";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { openSqlite } from "../../server/store/sqlite/sqlite.ts";
import { answersOf } from "./answers.ts";
import { native } from "./natives.ts";
import { OwnPostgres } from "./postgres.ts";
import { type Ended, freePort, ParleyProcess, ServerProcess, temporaryFolder } from "./process.ts";

/** Where a server moves between data folders and a Postgres: anew for each test of the file that asks for it. */
export class Removal {
  postgres!: OwnPostgres;
  schema = "";
  #folder!: ReturnType<typeof temporaryFolder>;
  #port = 0;
  #running: ServerProcess | null = null;
  readonly #clients: Client[] = [];

  constructor() {
    beforeAll(async () => {
      this.postgres = await OwnPostgres.start();
    });
    afterAll(() => this.postgres?.remove());
    beforeEach(async () => {
      this.#folder = temporaryFolder();
      this.#port = await freePort();
      this.schema = this.postgres.schema();
    });
    afterEach(async () => {
      for (const client of this.#clients.splice(0)) client.disconnect();
      await this.#running?.kill();
      this.#running = null;
      this.#folder.remove();
    });
  }

  /** The path of a data folder. */
  placeIn(name: string): string {
    return `${this.#folder.path}/${name}`;
  }

  keyIn(name: string): string {
    return readFileSync(`${this.placeIn(name)}/secret.key`, "utf8").trim();
  }

  /** A server on a data folder, or with a key on the Postgres, always on the same port. */
  async serve(data: string, secret?: string): Promise<ServerProcess> {
    const shared = secret && { DATABASE_URL: this.postgres.url, PARLEY_DB_SCHEMA: this.schema, SECRET_KEY: secret };
    const env = { PARLEY_NAME_DIALECT: "plain", PARLEY_BEAT_MS: "1000", ...shared };
    this.#running = new ServerProcess({ port: this.#port, data: this.placeIn(data), env });
    await this.#running.start();
    return this.#running;
  }

  /** The server that was started last. */
  get server(): ServerProcess | null {
    return this.#running;
  }

  /** `parley migrate`, as it goes on. */
  migrating(args: string[], env: Record<string, string> = {}): ParleyProcess {
    return new ParleyProcess({ PARLEY_DB_SCHEMA: this.schema, ...env }, ["cli/main.ts", "migrate", ...args]);
  }

  migrate(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.migrating(args, env).ended();
  }

  toPostgres(...more: string[]): Promise<Ended> {
    return this.migrate(["--from", `sqlite:${this.placeIn("one")}`, "--to", this.postgres.url, ...more]);
  }

  toSqlite(secret: string): Promise<Ended> {
    const ends = ["--from", this.postgres.url, "--to", `sqlite:${this.placeIn("two")}`];
    return this.migrate(ends, { SECRET_KEY: secret });
  }

  /** The store in a data folder, or in the Postgres. */
  storeIn(place: string | { secret: string }): Promise<Store> {
    if (typeof place === "string") return openSqlite(this.placeIn(place));
    const options = { url: this.postgres.url, schema: this.schema, connections: 2, patience: 10_000 };
    return openPostgres({ ...options, proof: proofOf(place.secret) });
  }

  /** Everything that the store there answers. */
  async answers(place: string | { secret: string }) {
    const store = await this.storeIn(place);
    try {
      return { epoch: store.epoch, ...(await answersOf(store)) };
    } finally {
      await store.close();
    }
  }

  /** These clients end with the test. */
  keep(...clients: Client[]): void {
    this.#clients.push(...clients);
  }

  async enter(url: string, name: string): Promise<Client> {
    const client = await native(url, name);
    this.keep(client);
    return client;
  }

  /** A data folder in which somebody wrote something, without a server. */
  async furnish(name: string): Promise<void> {
    const server = await this.serve(name);
    const ann = await this.enter(server.url, "Ann");
    const { id } = await ann.createRoom({ name: "Kitchen" });
    await ann.post(id, "hello").sent;
    ann.disconnect();
    await server.stop();
  }
}
