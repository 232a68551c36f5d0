import type { Subject } from "../subject.ts";
import { dialects } from "./dialects.ts";
import { fastapi } from "./fastapi.ts";
import { bunFloor, bunFloorEach, floor, sqliteFloor } from "./floor.ts";
import { ircd } from "./irc.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import { socketIo, ws } from "./node.ts";
import { parley } from "./parley.ts";
import { prosody } from "./prosody.ts";

/** Everybody who can be measured, in the order of the tables. */
export const SUBJECTS: readonly Subject[] = [
  floor("coalesced"),
  floor("each"),
  bunFloor,
  bunFloorEach,
  sqliteFloor,
  parley,
  ...dialects,
  socketIo,
  ws,
  fastapi,
  nats,
  mosquitto,
  ircd,
  prosody,
];
