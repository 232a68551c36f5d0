import { z } from "zod";

export const userId = z.int();

/** Somebody as others see them. `name` is shown; `handle` is the unique name for mentions and addresses. */
export const person = z.object({
  id: userId,
  name: z.string(),
  handle: z.string(),
  kind: z.enum(["guest", "member", "bot"]),
  role: z.enum(["owner", "admin", "member", "guest"]),
  /** Anybody may be them, without proof; they have no unique name. */
  open: z.literal(true).optional(),
});
export type Person = z.infer<typeof person>;
