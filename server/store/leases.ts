import type { Leases } from "../core/ports.ts";

/** The names of a node that is alone: nobody else can have one. */
export const soleLeases: Leases = {
  take: async () => true,
  free: async () => {},
  listen: () => {},
};
