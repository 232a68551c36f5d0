import type { Passwords } from "@parley/server/core/ports";

/** Passwords as they are, for tests in which time is not to be spent on hashing. */
export const quickPasswords: Passwords = {
  hash: async (password) => `hash:${password}`,
  matches: async (password, hash) => hash === `hash:${password}`,
};
