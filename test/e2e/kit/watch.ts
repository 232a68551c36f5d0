import type { ServerFrame } from "@parley/protocol/frames";
import type { BrowserContext, Response } from "playwright-core";
import { checkAnswer, checkFrame, checkOldFrame } from "../../kit/documents.ts";

/** What a page says in its console when its own server cannot be reached. */
const LINE_LOST = /^(WebSocket connection to 'ws:\/\/127\.0\.0\.1|Failed to load resource: net::ERR_)/;

/**
 * Notes everything that must not happen in any page: a request to elsewhere, an error, a breach of the policy, an answer
 * or a frame that is not as documented.
 */
export class Watch {
  readonly noted: string[] = [];
  /** Set where a test takes the network or the server away: then failed connections are no fault of the page. */
  lineMayBeLost = false;
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async over(context: BrowserContext): Promise<void> {
    // A breach is told in the page's console, whatever it is told as.
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`policy: ${violatedDirective} ${blockedURI}`),
      );
    });
    context.on("request", (request) => this.#asked(request.url()));
    context.on("page", (page) => {
      page.on("websocket", (socket) => {
        this.#asked(socket.url());
        socket.on("framereceived", ({ payload }) => this.#hold(() => checkPayload(socket.url(), String(payload))));
      });
    });
    context.on("response", (response) => this.#answered(response));
    context.on("weberror", (error) => this.noted.push(`error: ${error.error()}`));
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      if (this.lineMayBeLost && LINE_LOST.test(message.text())) return;
      this.noted.push(`console: ${message.text()}`);
    });
  }

  #answered(response: Response): void {
    const { pathname } = new URL(response.url());
    const status = response.status();
    if (!pathname.startsWith("/api/") || status === 204) return;
    const method = response.request().method();
    response
      .allHeaders()
      .then(async (headers) => {
        const body = await response.json();
        this.#hold(() => checkAnswer(method, pathname, { status, headers: new Headers(headers) }, body));
      })
      // The page went on before all of it had come.
      .catch(() => {});
  }

  #hold(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.noted.push(`documents: ${error}`);
    }
  }

  #asked(address: string): void {
    const { host, protocol } = new URL(address);
    const within = ["data:", "blob:", "about:"].includes(protocol);
    if (!within && host !== new URL(this.#origin).host) this.noted.push(`asked: ${address}`);
  }
}

function checkPayload(url: string, payload: string): void {
  if (new URL(url).pathname !== "/socket") return checkOldFrame(url, payload);
  (JSON.parse(payload) as ServerFrame[]).forEach((frame) => {
    checkFrame(frame);
  });
}
