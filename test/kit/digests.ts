import type { Digests } from "@parley/server/core/ports";

let drawn = 0;

/** Digests that show what they are of, and chance that counts. */
export const plainDigests: Digests = {
  content: (text) => Number(Bun.hash.xxHash64(text) & 0xfffffffffffffn),
  token: (secret) => `hash:${secret}`,
  random: (length) => String(drawn++).padStart(length, "r"),
};
