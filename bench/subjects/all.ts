import type { Subject } from "../subject.ts";
import { fastapi } from "./fastapi.ts";
import { bunFloor, floor } from "./floor.ts";
import { nats } from "./nats.ts";
import { socketIo, ws } from "./node.ts";
import { parley } from "./parley.ts";

/** Everybody who can be measured, in the order of the tables. */
export const SUBJECTS: readonly Subject[] = [
  floor("coalesced"),
  floor("each"),
  bunFloor,
  parley,
  socketIo,
  ws,
  fastapi,
  nats,
];
