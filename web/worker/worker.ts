import { Shell } from "./shell.ts";

/** What this file is run in; the library's own types of it do not go together with those of a page. */
interface Scope {
  addEventListener(type: "install" | "activate", heard: (event: Lasting) => void): void;
  addEventListener(type: "fetch", heard: (event: Lasting & Asked) => void): void;
}
interface Lasting {
  waitUntil(done: Promise<unknown>): void;
}
interface Asked {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** Written in by the build. */
declare const SHELL: { files: string[]; version: string };

const scope = self as unknown as Scope;
const shell = new Shell({
  ...SHELL,
  origin: location.origin,
  open: (name) => caches.open(name),
  names: () => caches.keys(),
  remove: (name) => caches.delete(name),
  fetch: (request) => fetch(request),
  after: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

scope.addEventListener("install", (event) => event.waitUntil(shell.install()));
scope.addEventListener("activate", (event) => event.waitUntil(shell.activate()));
scope.addEventListener("fetch", (event) => {
  const part = shell.part(event.request);
  if (part) event.respondWith(shell.answer(part, event.request));
});
