export { ChatError, ERRORS } from "@parley/protocol/errors";
export type { Client, ClientClock, ClientOptions, Keep, Network } from "./client.ts";
export { createClient } from "./create.ts";
export type * from "./views.ts";
