import { ChatError } from "@parley/protocol/errors";
import type { Passwords } from "../core/ports.ts";

/** Memory in KiB and passes, as OWASP asks of argon2id at least. */
const HASHING = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
/** So many are worked on at once, and so many wait: the rest of the server has to breathe, too. */
const AT_ONCE = 2;
const WAITING = 64;

/** Hashes with argon2id, beside everything else. Throws `too_fast` where too many wait. */
export function argon2Passwords(): Passwords {
  const inTurn = turns(AT_ONCE, WAITING);
  let nobodys: Promise<string> | null = null;
  const hash = (password: string) => Bun.password.hash(password, HASHING);
  return {
    hash: (password) => inTurn(() => hash(password)),
    matches: (password, known) =>
      inTurn(async () => {
        nobodys ??= hash("nobody's");
        const other = await nobodys;
        return (await Bun.password.verify(password, known ?? other)) && known !== null;
      }),
  };
}

function turns(atOnce: number, waiting: number) {
  const queue: (() => void)[] = [];
  let working = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (working >= atOnce) {
      if (queue.length >= waiting) throw new ChatError("too_fast", "Too many people prove who they are.", 1_000);
      await new Promise<void>((resolve) => queue.push(resolve));
    } else working += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else working -= 1;
    }
  };
}
