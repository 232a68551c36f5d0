import type { DialectParts } from "../../foreign.ts";

/** What a talk is made of. */
export type TalkParts = Pick<DialectParts, "chat" | "store" | "clock" | "observer">;
