import type { Operation } from "@parley/protocol/operation";
import type { z } from "zod";
import { fieldShape, type JsonSchema, Shapes } from "./shapes.ts";
import type { Exchange, Table } from "./wire.ts";

const ABOUT = `Everything that Parley's socket can do, over HTTP. What arrives by itself comes over the socket: see
[/asyncapi.json](/asyncapi.json).

Somebody becomes a guest by \`POST /api/guests\`; the answer holds the token. Put it into **Authorize** to try things here.
Whatever writes needs a key: sent again under the same key, it is carried out once and answered the same.`;

const TAGS = {
  People: "Guests, names and accounts.",
  Conversations: "Rooms, groups and directs, and who is in them.",
  Messages: "What was said, and how far everybody has read.",
  Server: "How this server is.",
} as const;

/** Pure: the OpenAPI 3.1 document of these tables. */
export function openapi(version: string, tables: readonly Table[]): JsonSchema {
  const shapes = new Shapes("draft-2020-12");
  const paths: Record<string, Record<string, unknown>> = {};
  for (const table of tables) {
    const { schema, type } = table.refusal;
    const refusal = shapes.component(`${table.name}Problem`, shapes.sent(schema));
    for (const [name, operation] of Object.entries(table.operations)) {
      const at = paths[operation.path] ?? {};
      paths[operation.path] = at;
      at[operation.method.toLowerCase()] = {
        ...described(shapes, table.name + name, table, operation, table.examples[name]),
        responses: responses(shapes, table, operation, table.examples[name], { [type]: { schema: refusal } }),
      };
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: "Parley", version, description: ABOUT, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/", description: "This server." }],
    tags: tagsOf(tables),
    paths,
    components: { schemas: shapes.components, securitySchemes: SECURITY },
  };
}

const SECURITY = {
  token: { type: "http", scheme: "bearer", description: "The token that somebody got with their name." },
  cookie: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-parley",
    description:
      "The same token, kept by a browser: `POST /api/sign-in` and `POST /api/guests` with `cookie`. It counts for pages of this server only, and is called `parley` where there is no TLS.",
  },
};

function tagsOf(tables: readonly Table[]): object[] {
  const own = Object.entries(TAGS).map(([name, description]) => ({ name, description }));
  return [...own, ...tables.filter(({ name }) => name !== "").map(tagOfDialect)];
}

function tagOfDialect({ name }: Table): object {
  return { name, description: `For existing clients that speak ${name}; also below \`/dialects/${name}\`.` };
}

function described(
  shapes: Shapes,
  operationId: string,
  table: Table,
  operation: Operation,
  example: Exchange | undefined,
): JsonSchema {
  const { about, body, open } = operation;
  const content = body && { schema: shapes.received(body), ...exampleOf(example?.body) };
  return {
    operationId,
    tags: [table.name || tagOf(operation.path)],
    // A summary is plain text, its description is Markdown.
    summary: about
      .split(/(?<=[.:;]) /)[0]
      ?.replace(/[.:;]$/, "")
      .replaceAll("`", ""),
    description: about,
    parameters: parameters(operation, example),
    ...(content ? { requestBody: { required: !mayBeAbsent(body), content: { "application/json": content } } } : {}),
    security: securityOf(table, open),
  };
}

/** Clients of dialects need no token unless they are somebody who is held. */
function securityOf({ name }: Table, open: boolean | undefined): object[] {
  if (name !== "") return [{}, { token: [] }];
  return open ? [] : [{ token: [] }, { cookie: [] }];
}

function tagOf(path: string): keyof typeof TAGS {
  if (!path.startsWith("/api/")) return "Server";
  if (/\/(messages|marks|entries|typing)\b/.test(path)) return "Messages";
  return /^\/api\/(rooms|groups|directs|conversations)\b/.test(path) ? "Conversations" : "People";
}

function parameters({ params, query, keyed }: Operation, example: Exchange | undefined): JsonSchema[] {
  const of = (place: string, fields: z.ZodObject | undefined, given: Exchange["params"]): JsonSchema[] =>
    Object.entries((fields?.shape ?? {}) as Record<string, z.ZodType>).map(([name, field]) => {
      const schema = fieldShape(field);
      const required = place === "path" || !mayBeAbsent(field, undefined);
      const list = schema.type === "array" ? { style: "form", explode: false } : {};
      const shown = given?.[name];
      return { name, in: place, required, schema, ...list, ...exampleOf(shown && inShape(schema, shown)) };
    });
  return [
    ...of("path", params, example?.params),
    ...of("query", query, example?.query),
    ...(keyed ? [{ ...KEY, ...exampleOf(example?.key) }] : []),
  ];
}

const KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Needed here, or as `key` in the body.",
  schema: { type: "string", pattern: "^[A-Za-z0-9_.:-]{1,64}$" },
};

function inShape({ type }: JsonSchema, text: string): unknown {
  if (type === "array") return text.split(",").map(Number);
  return type === "integer" ? Number(text) : text;
}

function responses(
  shapes: Shapes,
  { name }: Table,
  { result, status, otherwise }: Operation,
  example: Exchange | undefined,
  refusal: JsonSchema,
): JsonSchema {
  const about = name === "" ? "A refusal: `code` says which." : "A refusal.";
  const refused = { default: { description: about, content: refusal } };
  if (status === 204) return { 204: { description: "It was done." }, ...refused };
  const schema = shapes.sent(result);
  const content = { "application/json": { schema, ...exampleOf(example?.answer) } };
  return {
    [status ?? 200]: { description: status === 201 ? "It was made now." : "The answer.", content },
    // Old protocols have no keys: what they ask for twice is made twice.
    ...(status === 201 && name === ""
      ? { 200: { description: "It had been made before.", content: { "application/json": { schema } } } }
      : {}),
    ...(otherwise ? { [otherwise]: { description: "Not now.", content: { "application/json": { schema } } } } : {}),
    ...refused,
  };
}

function exampleOf(example: unknown): JsonSchema {
  return example === undefined ? {} : { example };
}

function mayBeAbsent(schema: z.ZodType | undefined, absent: unknown = {}): boolean {
  return schema?.safeParse(absent).success ?? true;
}
