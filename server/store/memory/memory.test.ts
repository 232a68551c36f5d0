import { storeContract } from "../contract.ts";
import { memoryStore } from "./memory.ts";

storeContract(
  "memory",
  async () => ({ store: memoryStore(), restart: async () => memoryStore(), discard: async () => {} }),
  { restart: "Everything is kept in the memory of one process." },
);
