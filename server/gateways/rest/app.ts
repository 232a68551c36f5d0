import { ChatError } from "@parley/protocol/errors";
import type { Operation } from "@parley/protocol/operation";
import { type OperationName, operations } from "@parley/protocol/operations";
import { type Context, Hono } from "hono";
import type { Actor } from "../../core/actor.ts";
import type { PlainCommand } from "../../core/chat.ts";
import type { Arrival, Caller } from "../arrival.ts";
import { settingCookie } from "../cookies.ts";
import { problem, refusalFor, traceOf } from "../problem.ts";
import { askerOf, checkOwnPage, proofOf } from "./asker.ts";
import type { Assets } from "./assets.ts";
import { conversationAnswers } from "./conversations.ts";
import { documentAssets } from "./documents.ts";
import { secured, shared } from "./headers.ts";
import { healthAnswers } from "./health.ts";
import { takeIn } from "./intake.ts";
import { logAnswers } from "./log.ts";
import type { Answer, OpenAnswers, OwnAnswers, RestParts } from "./parts.ts";
import { guestAnswers, ownAnswers } from "./people.ts";
import { presenceAnswers } from "./presence.ts";

/** Who asks goes along with each request. */
interface Env {
  Bindings: Caller;
}

/** Takes what `takeIn` found in the operation's shape, and who asks: a caller, or somebody. */
type Answering = (args: never, by: never, actor: Actor) => Promise<Answer<unknown>>;

/** Every operation of the table over HTTP, and the web app beside it. */
export function restGateway(parts: RestParts, assets: Assets): (arrival: Arrival) => Response | Promise<Response> {
  const app = new Hono<Env>();
  const { observer } = parts;
  const files = [documentAssets(parts), assets];
  app.use(secured, shared(parts.origins));
  app.use(async (c, next) => {
    refuseBrokenAddress(new URL(c.req.url));
    await next();
  });
  for (const [path, methods] of byPath()) mount(app, parts, path, methods);
  app.all("*", (c) => asset(files, c));
  app.onError((error, c) => {
    const place = { request: c.env.id, method: c.req.method, path: c.req.path };
    const bug = (thrown: unknown) => observer.log("error", "bug", { ...place, error: traceOf(thrown) });
    return problem(refusalFor(error, bug));
  });
  // HEAD is asked as GET: Bun leaves the body out, and still says how long it is.
  return ({ request, caller }) =>
    app.fetch(request.method === "HEAD" ? new Request(request, { method: "GET" }) : request, caller);
}

type Methods = Map<string, OperationName>;

function byPath(): Map<string, Methods> {
  const paths = new Map<string, Methods>();
  for (const [name, { method, path }] of Object.entries(operations)) {
    paths.set(path, (paths.get(path) ?? new Map()).set(method, name));
  }
  return paths;
}

function mount(app: Hono<Env>, parts: RestParts, path: string, methods: Methods): void {
  const route = path.replace(/\{(\w+)\}/g, ":$1");
  const answers = answering(parts);
  for (const [method, name] of methods)
    app.on(method, route, (c) => carryOut(parts, answers[name] as Answering, name, c));
  const allow = [...methods.keys(), ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  app.options(route, () => new Response(null, { status: 204, headers: { allow } }));
  app.all(route, () => problem(new ChatError("method_not_allowed"), { allow }));
}

async function carryOut(
  parts: RestParts,
  answering: Answering,
  name: OperationName,
  c: Context<Env>,
): Promise<Response> {
  const operation: Operation = operations[name];
  const watching = operation.open && operation.method === "GET";
  if (parts.draining() && !watching) throw new ChatError("unavailable", "The server is about to stop.", 1_000);
  const ours = () => checkOwnPage(c.req.raw, c.env);
  const proof = proofOf(c.req.raw, c.env);
  const actor = operation.open ? null : await askerOf(parts, operation, proof, { ours, from: c.env });
  const intake = { params: c.req.param(), query: new URL(c.req.url).searchParams, request: c.req.raw };
  const args = await takeIn(operation, intake, parts.limits.bodyBytes);
  if (args.cookie === true) ours();
  const by = actor ? actor.user : c.env;
  const { result, again, status, cookie } = await answering(args as never, by as never, actor as Actor);
  const response = Response.json(result, { status: status ?? (again ? 200 : (operation.status ?? 200)) });
  const kept = proof?.byCookie && operation.ends ? null : cookie;
  if (kept !== undefined) response.headers.set("set-cookie", settingCookie(kept, c.env));
  return response;
}

function answering(parts: RestParts): Record<string, Answering> {
  const open: OpenAnswers = { ...guestAnswers(parts), ...healthAnswers(parts) };
  const own: OwnAnswers = {
    ...ownAnswers(parts),
    ...conversationAnswers(parts),
    ...logAnswers(parts),
    ...presenceAnswers(parts),
  };
  const commands: Record<string, Answering> = {};
  for (const [name, { command }] of Object.entries<Operation>(operations)) {
    if (command) commands[name] = commandAnswer(parts, command as PlainCommand);
  }
  return { ...commands, ...open, ...own };
}

function commandAnswer({ chat }: RestParts, command: PlainCommand): Answering {
  return async (args, _, actor) => {
    if (command !== "post" && command !== "edit" && command !== "delete") {
      return { result: await chat.run(actor, command, args) };
    }
    const { receipt, again } = await chat.write(actor, command, args);
    return { result: receipt, again };
  };
}

function asset(files: readonly Assets[], c: Context): Response {
  let found: Response | undefined;
  for (const assets of files) found ??= assets.answer(c.req.path, c.req.raw);
  if (!found) throw new ChatError("not_found");
  if (c.req.method === "GET") return found;
  return problem(new ChatError("method_not_allowed"), { allow: "GET, HEAD" });
}

function refuseBrokenAddress({ pathname, search }: URL): void {
  try {
    decodeURIComponent(pathname + search);
  } catch {
    throw new ChatError("bad_request", "The address is not well encoded.");
  }
}
