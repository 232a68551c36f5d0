/** Moves whenever the wire changes in a way that an older client would notice. */
export const PROTOCOL_VERSION = 1;

/** Of every schema on the wire, compared by a test: whoever changes the wire changes this, and thinks of the version. */
export const WIRE_HASH = "e4fda21d2a54c764";
