import { busContract } from "./contract.ts";
import { memoryBus } from "./memory.ts";

busContract("memory", async (nodes) => ({ buses: Array.from({ length: nodes }, memoryBus), discard: async () => {} }), {
  nodes: "It stands in the memory of one process.",
});
