import { afterAll, test as anyTest, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { mkdirSync } from "node:fs";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { ROOT } from "../../../tools/source/tree.ts";
import { freePort, ServerProcess, temporaryFolder } from "../../kit/process.ts";
import { browserPath, openBrowser } from "./browser.ts";
import { Visitor } from "./visitor.ts";
import { Watch } from "./watch.ts";

setDefaultTimeout(120_000);

const WAIT_MS = 15_000;
const DESKTOP = { width: 1200, height: 800 };
const PICTURES = `${ROOT}/.parley/e2e`;

/** A test that needs a browser; skipped where there is none. */
export const test = anyTest.skipIf(browserPath === undefined);

/** A server with an empty data folder and a browser, for all tests of one file. */
export function openStage(env: Record<string, string> = {}): Stage {
  const stage = new Stage(env);
  beforeAll(() => (browserPath === undefined ? undefined : stage.open()));
  afterAll(() => stage.close());
  return stage;
}

export class Stage {
  readonly #env: Record<string, string>;
  readonly #data = temporaryFolder();
  #port = 0;
  #server: ServerProcess | null = null;
  #browser: Browser | null = null;

  constructor(env: Record<string, string> = {}) {
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    this.#port = await freePort();
    await this.startServer();
    this.#browser = await openBrowser();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.stop();
    this.#data.remove();
  }

  /** Starts the server on the same port and data, perhaps with other settings. */
  async startServer(env: Record<string, string> = {}): Promise<void> {
    this.#server = new ServerProcess({
      port: this.#port,
      data: this.#data.path,
      env: { PARLEY_RATE_LIMITS: "on", ...this.#env, ...env },
    });
    await this.#server.start();
  }

  /** Ends the server as a power cut would. */
  async killServer(): Promise<void> {
    await this.#server?.kill();
  }

  /** One play with its own visitors. It fails on anything that the watch notes, and leaves pictures when it fails. */
  play(act: (play: Play) => Promise<void>): () => Promise<void> {
    return async () => {
      if (!this.#browser) throw new Error("The stage is not open.");
      const play = new Play(this.url, this.#browser);
      try {
        await act(play);
        expect(play.watch.noted).toEqual([]);
      } catch (error) {
        await play.picture();
        throw error;
      } finally {
        await play.end();
      }
    };
  }
}

/** The visitors of one test. */
export class Play {
  readonly watch: Watch;
  readonly #visitors = new Map<string, Visitor>();
  readonly #url: string;
  readonly #browser: Browser;

  constructor(url: string, browser: Browser) {
    this.#url = url;
    this.#browser = browser;
    this.watch = new Watch(url);
  }

  /** Somebody opens the page for the first time, each in a browser profile of their own. */
  async visit(called: string, options: BrowserContextOptions = {}, path = "/"): Promise<Visitor> {
    const context = await this.#browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(WAIT_MS);
    await this.watch.over(context);
    const visitor = new Visitor(await context.newPage());
    this.#visitors.set(called, visitor);
    await visitor.page.goto(this.#url + path);
    return visitor;
  }

  /** The same, and they picked their name. */
  async enter(name: string, options: BrowserContextOptions = {}, path = "/"): Promise<Visitor> {
    const visitor = await this.visit(name, options, path);
    await visitor.comeIn(name);
    return visitor;
  }

  /** Somebody enters and makes a room, the others join it. */
  async meet(room: string, ...names: string[]): Promise<Visitor[]> {
    const visitors: Visitor[] = [];
    for (const name of names) {
      const visitor = await this.enter(name);
      if (visitors.length === 0) await visitor.createRoom(room);
      else await visitor.joinRoom(room);
      visitors.push(visitor);
    }
    return visitors;
  }

  async picture(): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    for (const [name, { page }] of this.#visitors) {
      const path = `${PICTURES}/${Date.now()}-${name.replace(/\W+/g, "-")}.png`;
      await page.screenshot({ path }).catch(() => {});
      console.error(`${name} saw ${path}`);
    }
  }

  async end(): Promise<void> {
    for (const { context } of this.#visitors.values()) await context.close();
  }
}
