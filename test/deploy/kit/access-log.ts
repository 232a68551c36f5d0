import { readFileSync } from "node:fs";
import { join } from "node:path";

const WRITTEN_WITHIN = 5_000;

/** What a server with this LOG_DIR wrote down about requests. */
export class AccessLog {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get all(): string {
    return readFileSync(join(this.folder, "access.log"), "utf8");
  }

  /** The line about the first request from this address, now or soon. */
  async from(address: string): Promise<Record<string, unknown>> {
    for (const until = Date.now() + WRITTEN_WITHIN; Date.now() < until; await Bun.sleep(20)) {
      const found = this.all.split("\n").find((line) => line.includes(`"${address}"`));
      if (found) return JSON.parse(found);
    }
    throw new Error(`No request came from ${address}: ${this.all}`);
  }
}
