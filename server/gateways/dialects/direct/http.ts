import { detail, notAllowed } from "../../detail.ts";
import type { HttpAsked } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { provenBy } from "../../who.ts";
import { listConversations } from "./conversations.ts";
import { type Answer, createMessage, listMessages, readMessage } from "./messages.ts";
import type { Online } from "./online.ts";

interface HttpParts extends DialectParts {
  online: Online<unknown>;
}

interface Route {
  methods: Readonly<Record<string, Answer>>;
  /** Does its path end with a slash? */
  slash: boolean;
}

/** `/messages/…` and `/ws/online-users`; null where another path is asked for. */
export function directOverHttp(parts: HttpParts): (asked: HttpAsked) => Promise<Response> | null {
  return (asked) => {
    const route = routeOf(parts, asked.segments);
    if (!route) return asked.segments[0] === "messages" ? Promise.resolve(detail(404, "Not Found")) : null;
    if (route.slash !== asked.slash) return Promise.resolve(redirected(asked.request.url, route.slash));
    return answered(parts, asked, route);
  };
}

function routeOf(parts: HttpParts, segments: readonly string[]): Route | null {
  const [first, second, third, ...more] = segments;
  if (first === "ws" && second === "online-users" && third === undefined) {
    return { methods: { GET: onlineUsers(parts) }, slash: false };
  }
  if (first !== "messages" || more.length > 0) return null;
  if (second === undefined) return { methods: { GET: listMessages(parts), POST: createMessage(parts) }, slash: true };
  if (second === "conversations" && third !== undefined) {
    return { methods: { GET: listConversations(parts, third) }, slash: false };
  }
  return third === "read" ? { methods: { PUT: readMessage(parts, second) }, slash: false } : null;
}

function onlineUsers({ online }: HttpParts): Answer {
  return async () => Response.json({ online_users: await online.people() });
}

function redirected(address: string, slash: boolean): Response {
  const { pathname, search } = new URL(address);
  const path = slash ? `${pathname}/` : pathname.slice(0, -1);
  return new Response(null, { status: 307, headers: { location: path + search } });
}

async function answered(parts: HttpParts, asked: HttpAsked, { methods }: Route): Promise<Response> {
  const answer = methods[asked.method];
  if (!answer) return notAllowed(Object.keys(methods).join(", "));
  return answer(asked, await provenBy(parts, asked));
}
