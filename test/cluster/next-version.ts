// Loaded before a server, this makes it one of the next version.
import { MIGRATIONS } from "../../server/store/postgres/schema.ts";
import { NEXT_STEP } from "./next-step.ts";

(MIGRATIONS as string[]).push(NEXT_STEP);
