import type { Clock } from "./ports.ts";
import type { User } from "./rows.ts";
import { type TapParts, tapped } from "./tap.ts";

export interface ProofParts extends TapParts {
  clock: Clock;
}

/** Milliseconds before a store that did not answer is asked again. */
const AGAIN = 1000;

/**
 * Calls `ended` once when this token of theirs has ended, or their account has; at once where it ended before. The result
 * stops watching.
 */
export async function watchProof(
  parts: ProofParts,
  { id, inbox }: User,
  token: string,
  ended: () => void,
): Promise<() => void> {
  let watching = true;
  const stop = () => {
    watching = false;
  };
  const end = () => {
    if (!watching) return;
    stop();
    ended();
  };
  const prove = (): void => {
    parts.store.hasToken(id, token).then(
      (has) => has || end(),
      () => parts.clock.after(AGAIN, () => watching && prove()),
    );
  };
  const heard = (entries: readonly { kind: string }[]) => {
    if (entries.some(({ kind }) => kind === "signed_out")) prove();
  };
  const { untap } = await tapped(parts, inbox, { heard, told: () => {}, gone: end });
  // From here on the inbox tells of a token that ends; one may have ended before.
  prove();
  return () => {
    stop();
    untap();
  };
}
