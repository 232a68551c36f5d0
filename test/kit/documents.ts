import { asyncapi } from "@parley/server/gateways/documents/asyncapi";
import { openapi } from "@parley/server/gateways/documents/openapi";
import { ownTable } from "@parley/server/gateways/rest/documents";
import { TABLES, WIRES } from "@parley/server/main";
import Ajv, { type ValidateFunction } from "ajv";
import Ajv2020 from "ajv/dist/2020.js";

/** The documents as a server has them. */
export const openapiDocument = openapi("0.0.0", [ownTable, ...TABLES]);
export const asyncapiDocument = asyncapi("0.0.0", WIRES);

// Formats are for readers; keywords of the documents that are no schema's are left alone.
const options = { strict: false, validateFormats: false, allErrors: false };
const answers = new Ajv2020(options).addSchema(openapiDocument, "openapi.json");
const frames = new Ajv(options).addSchema(asyncapiDocument, "asyncapi.json");

interface Documented {
  responses: Record<string, { content?: Record<string, unknown> }>;
}

const paths = openapiDocument.paths as Record<string, Record<string, Documented>>;
const schemas = (asyncapiDocument.components as { schemas: Record<string, object> }).schemas;

type Answered = Pick<Response, "status" | "headers">;

/** Throws unless `/openapi.json` says that this request may be answered like that. */
export function checkAnswer(method: string, url: string, response: Answered, body: unknown): void {
  const asked = `${method} ${url}`;
  const path = pathOf(url.split("?")[0] ?? "");
  const responses = path === undefined ? undefined : paths[path]?.[method.toLowerCase()]?.responses;
  // What is no operation is refused like any of them.
  const [at, known] = responses ? [path as string, responses] : ["/api/me", paths["/api/me"]?.get?.responses ?? {}];
  const verb = responses ? method.toLowerCase() : "get";
  const status = Object.hasOwn(known, String(response.status)) ? String(response.status) : "default";
  if (status === "default" && response.status < 400)
    throw new Error(`${asked}: nothing is said of ${response.status}.`);
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  if (!known[status]?.content?.[type]) throw new Error(`${asked}: ${response.status} is not documented as ${type}.`);
  const pointer = ["paths", at, verb, "responses", status, "content", type, "schema"].map(escaped).join("/");
  hold(answers.getSchema(`openapi.json#/${pointer}`), body, `${asked} ${response.status}`);
}

/** Throws unless `/openapi.json` says that a dialect may answer like that; what is no operation of one is not looked at. */
export async function checkOldAnswer(method: string, url: string, response: Response): Promise<void> {
  const path = pathOf(url.split("?")[0] ?? "");
  if (path === undefined || !paths[path]?.[method.toLowerCase()]) return;
  if (response.status !== 204) return checkAnswer(method, url, response, await response.json());
  if (!paths[path][method.toLowerCase()]?.responses[204]) throw new Error(`${method} ${url}: nothing is said of 204.`);
  if ((await response.text()) !== "") throw new Error(`${method} ${url}: 204 has a body.`);
}

/** Throws unless `/asyncapi.json` says that the native socket may say this. */
export function checkFrame(frame: { t: string }): void {
  hold(frames.getSchema(`asyncapi.json#/components/schemas/parleySent_${frame.t}`), frame, `the frame ${frame.t}`);
}

/** Throws unless `/asyncapi.json` says that this command may be answered like that. */
export function checkResult(command: string, result: unknown): void {
  const known = schemas[`parleyReceived_${command}`];
  if (!known) return;
  const at = `asyncapi.json#/components/schemas/parleyReceived_${command}/x-result`;
  hold(frames.getSchema(at), result, `the result of ${command}`);
}

/** Throws unless a socket at this address may say this. */
export function checkOldFrame(url: string, text: string): void {
  const dialects = dialectsOf(url, text);
  const frame = dialects.includes("plain") ? text : JSON.parse(text);
  const names = Object.keys(schemas).filter((name) => dialects.some((dialect) => name.startsWith(`${dialect}Sent_`)));
  const isOne = names.some((name) => frames.getSchema(`asyncapi.json#/components/schemas/${name}`)?.(frame));
  if (!isOne) throw new Error(`${dialects.join(" and ")} do not document this: ${text.slice(0, 500)}`);
}

/** The dialects that an address may belong to; where a port or a setting decides, the frame tells. */
function dialectsOf(url: string, text: string): string[] {
  const { pathname, searchParams } = new URL(url);
  const named = /^\/dialects\/(\w+)\//.exec(pathname)?.[1];
  if (named) return [named];
  if (!text.startsWith("{")) return ["plain"];
  if (pathname.startsWith("/ws/chat/")) return searchParams.has("username") ? ["rooms", "messenger"] : ["messenger"];
  return /^\/ws\/[+-]?\d+$/.test(pathname) ? ["direct", "broadcast"] : ["broadcast"];
}

const pattern = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
const patterns = Object.keys(paths).map((path) => ({ path, matches: pattern(path) }));

function pathOf(path: string): string | undefined {
  return patterns.find(({ matches }) => matches.test(path))?.path;
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function hold(validate: ValidateFunction | undefined, value: unknown, what: string): void {
  if (!validate) throw new Error(`${what} is not documented: ${JSON.stringify(value)}`);
  if (!validate(value)) throw new Error(`${what} is not as documented: ${JSON.stringify(validate.errors)}`);
}
