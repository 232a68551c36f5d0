/** Moves whenever the wire changes; `wire.test.ts` compares a hash of every schema with `WIRE_HASH`. */
export const PROTOCOL_VERSION = 1;
