import { type LogPage, logAfter } from "../../core/log.ts";
import type { User } from "../../core/rows.ts";
import type { OwnAnswers, RestParts } from "./parts.ts";

const PAGE_BYTES = 1 << 20;
/** Milliseconds between two looks at whether the server is about to stop. */
const PATIENCE = 500;

interface Asked {
  conversation: number;
  after: number;
  limit: number;
  bytes: number;
}

/** The log over HTTP, for whoever has no socket: page after page, and waiting for what comes. */
export function logAnswers(parts: RestParts): Pick<OwnAnswers, "entries"> {
  return {
    async entries({ conversation, after = 0, limit = parts.limits.page, wait = 0 }, user) {
      const asked = { conversation, after, limit: Math.min(limit, parts.limits.page), bytes: PAGE_BYTES };
      const page = await logAfter(parts.store, { user }, asked);
      const isWorthIt = wait > 0 && page.entries.length === 0;
      return { result: isWorthIt ? await soon(parts, user, asked, wait * 1000) : page };
    },
  };
}

/** The page once there is one, or an empty one when the time is up or the server is about to stop. */
async function soon(parts: RestParts, user: User, asked: Asked, ms: number): Promise<LogPage> {
  const bell = doorbell();
  const { from, untap } = await parts.chat.tap(asked.conversation, {
    heard: bell.ring,
    told() {},
    gone: bell.ring,
  });
  try {
    for (let left = ms; from <= asked.after && left > 0 && !parts.draining(); left -= PATIENCE) {
      if (await bell.within(parts, Math.min(left, PATIENCE))) break;
    }
    return await logAfter(parts.store, { user }, asked);
  } finally {
    untap();
  }
}

/** Rings once; whoever waits is told, and whoever comes later, too. */
function doorbell() {
  const { promise: rung, resolve } = Promise.withResolvers<true>();
  return {
    ring: () => resolve(true),
    async within({ clock }: RestParts, ms: number): Promise<boolean> {
      const { promise: late, resolve: giveUp } = Promise.withResolvers<false>();
      const cancel = clock.after(ms, () => giveUp(false));
      try {
        return await Promise.race([rung, late]);
      } finally {
        cancel();
      }
    },
  };
}
