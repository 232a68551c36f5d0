/** What a service worker does about a request: nothing, the page, or a file that never changes. */
export type Part = "page" | "file" | null;

/** How long the server may take for the page before the kept one is shown. */
const PATIENCE = 3000;
const PAGES = /^\/(c\/[^/]*)?$/;

/** The caches of a browser, as far as they are needed here. */
export interface ShellCache {
  addAll(requests: Request[]): Promise<void>;
  match(request: Request | string): Promise<Response | undefined>;
}

export interface ShellParts {
  origin: string;
  /** Everything that the page is made of, the page itself as `/`; the same files have the same version. */
  files: readonly string[];
  version: string;
  open(name: string): Promise<ShellCache>;
  names(): Promise<string[]>;
  remove(name: string): Promise<unknown>;
  fetch(request: Request): Promise<Response>;
  after(ms: number): Promise<void>;
}

/** The page and its files, kept so that the app opens without a network. It never touches anything else. */
export class Shell {
  readonly #parts: ShellParts;

  constructor(parts: ShellParts) {
    this.#parts = parts;
  }

  /** Keeps this version whole, beside the one that open pages use; rejects where a file is missing. */
  async install(): Promise<void> {
    const requests = this.#parts.files.map(
      (file) => new Request(new URL(file, this.#parts.origin), { cache: "no-cache" }),
    );
    await (await this.#cache()).addAll(requests);
  }

  /** No page uses an older version any more: removes them. */
  async activate(): Promise<void> {
    const old = (await this.#parts.names()).filter((name) => name.startsWith("parley-") && name !== this.#name);
    await Promise.all(old.map((name) => this.#parts.remove(name)));
  }

  part({ method, mode, url }: { method: string; mode: string; url: string }): Part {
    const { origin, pathname } = new URL(url);
    if (method !== "GET" || origin !== this.#parts.origin) return null;
    if (mode === "navigate") return PAGES.test(pathname) ? "page" : null;
    return this.#parts.files.includes(pathname) && pathname !== "/" ? "file" : null;
  }

  answer(part: "page" | "file", request: Request): Promise<Response> {
    return part === "page" ? this.#page(request) : this.#file(request);
  }

  /** The server's page where it answers in time, so that nobody stays on an old one; else the kept one. */
  async #page(request: Request): Promise<Response> {
    const late = this.#parts.after(PATIENCE).then(() => null);
    const response = await Promise.race([this.#parts.fetch(request).catch(() => null), late]);
    if (response && response.status < 500) return response;
    return (await (await this.#cache()).match("/")) ?? response ?? Response.error();
  }

  async #file(request: Request): Promise<Response> {
    const kept = await (await this.#cache()).match(new URL(request.url).pathname);
    return kept ?? this.#parts.fetch(request);
  }

  #cache(): Promise<ShellCache> {
    return this.#parts.open(this.#name);
  }

  get #name(): string {
    return `parley-${this.#parts.version}`;
  }
}
