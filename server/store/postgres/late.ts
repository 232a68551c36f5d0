import { ChatError } from "@parley/protocol/errors";

/** No answer came in time. */
export class Late extends ChatError {
  constructor() {
    super("unavailable", "The database does not answer.", 1_000);
  }
}

/** Rejects with `unavailable` where the answer takes longer. */
export async function within<T>(ms: number, answer: T | Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Late());
  }, ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
