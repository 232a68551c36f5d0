import type { ServerFrame } from "@parley/protocol/frames";

/** One wire protocol's way to say things: pure, and called once for all the sockets that share it. */
export interface Codec {
  readonly name: string;
  encode(frames: readonly ServerFrame[]): string;
}
