import type { Operation } from "@parley/protocol/operation";
import type { z } from "zod";

/** One kind of frame as the documents show it. */
export interface FrameShape {
  about: string;
  schema: z.ZodType;
  /** Each was really said: a test says it again, or hears it. */
  examples: readonly unknown[];
  /** What is answered, where that is told in a frame of another kind. */
  result?: z.ZodType;
}

export type Frames = Readonly<Record<string, FrameShape>>;

/** Where a wire is spoken: a path, with `{name}` for each of its parameters, and what may stand in the query. */
export interface Address {
  path: string;
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
}

/** A protocol on a socket, as the documents show it. */
export interface Wire {
  /** Letters only: it begins the names of its channels and messages. */
  name: string;
  title: string;
  about: string;
  addresses: readonly Address[];
  /** Every message is an array of frames; otherwise each message is one frame. */
  batches?: true;
  received: Frames;
  sent: Frames;
}

/** Operations over HTTP that belong together, as the documents show them. */
export interface Table {
  /** Empty for Parley's own; otherwise it begins the ids of its operations. */
  name: string;
  operations: Readonly<Record<string, Operation>>;
  /** What a refusal looks like here. */
  refusal: { schema: z.ZodType; type: string };
  examples: Readonly<Record<string, Exchange>>;
}

/** One request and its answer, as they really were. */
export interface Exchange {
  /** As it stands in the address. */
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  key?: string;
  body?: unknown;
  status: number;
  answer: unknown;
}
