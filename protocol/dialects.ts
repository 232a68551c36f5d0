/** The protocols of existing clients that are spoken besides the native one. */
export const DIALECTS = ["messenger", "broadcast", "rooms", "direct", "plain"] as const;
export type DialectName = (typeof DIALECTS)[number];

/** Dialects whose handshake is nothing but a name: no handshake tells them apart. */
export const NAME_DIALECTS = ["broadcast", "plain"] as const;
export type NameDialect = (typeof NAME_DIALECTS)[number];
