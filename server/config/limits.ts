import type { RateLimits } from "../core/bucket.ts";
import type { ChatLimits } from "../core/chat.ts";
import { KIB, MIB } from "./bytes.ts";
import type { Settings } from "./settings.ts";

/** Bytes of one HTTP request's body. */
export const BODY_BYTES = 128 * KIB;

/** Bytes of a file of the log, how many files of each kind are kept, and characters that may wait to be written to one. */
export const LOG_LIMITS = { bytes: 10 * MIB, files: 5, waiting: 4 * MIB };

/** What the sockets of every protocol are held to. */
export interface SocketLimits {
  /** Bytes of one batch. A larger one is answered with `too_large`. */
  batchBytes: number;
  /** Bytes of one batch above which the socket is closed. */
  closeBytes: number;
  /** Bytes that may wait for a reader before its line is cut, to be resumed. */
  backpressureBytes: number;
  /** Milliseconds between two beats. */
  beat: number;
  /** Milliseconds in which a new socket must have said who it is. */
  helloDeadline: number;
  /** Sockets of one address that have not said who they are, at once. */
  unauthenticated: number;
  /** Commands of one socket that wait for their answer, in bytes and in number. */
  pendingBytes: number;
  pendingCommands: number;
  /** Cursors with which one socket may resume. */
  cursors: number;
  /** After a stop, clients are told to come back at times so far apart that no more come in a second. */
  returnsPerSecond: number;
}

export function socketLimits(of: Settings): SocketLimits {
  return {
    batchBytes: 128 * KIB,
    closeBytes: MIB,
    backpressureBytes: of("PARLEY_SLOW_READER_BYTES"),
    beat: of("PARLEY_BEAT_MS"),
    helloDeadline: of("PARLEY_HELLO_MS"),
    unauthenticated: of("PARLEY_MAX_STRANGERS"),
    pendingBytes: MIB,
    pendingCommands: 4_096,
    cursors: 10_000,
    returnsPerSecond: 1_000,
  };
}

export function rateLimits(of: Settings): RateLimits {
  const [burst, address, signIns] = [of("PARLEY_BURST"), of("PARLEY_ADDRESS_RATE"), of("PARLEY_SIGN_INS")];
  return {
    connection: { perSecond: of("PARLEY_CONNECTION_RATE"), burst },
    person: { perSecond: of("PARLEY_PERSON_RATE"), burst },
    address: { perSecond: address, burst: address },
    signIns: { perSecond: signIns / 60, burst: signIns },
    remembered: 100_000,
  };
}

export function chatLimits(of: Settings): ChatLimits {
  return {
    text: of("PARLEY_MAX_TEXT"),
    // Code points.
    shownName: 64,
    handle: 32,
    roomName: 100,
    topic: 250,
    groupMembers: of("PARLEY_MAX_GROUP"),
    page: of("PARLEY_MAX_PAGE"),
    // People of one request, conversations that one socket looks at, writes of one commit.
    people: 200,
    looks: 100,
    commitWrites: 1_000,
    // Bytes.
    resumeWaiting: resumeBytes(of("PARLEY_SLOW_READER_BYTES")),
    tailBytes: of("PARLEY_TAIL_BYTES"),
    access: {
      // Code points.
      passwordLeast: 8,
      passwordMost: 256,
      tokens: 32,
      // So many at once, and one more after so many milliseconds.
      guesses: { most: 10, each: 30_000 },
      guessesOfAll: { most: 100, each: 30_000 },
    },
    feed: { resumeEntries: of("PARLEY_RESUME_ENTRIES"), resumeBytes: resumeBytes(of("PARLEY_SLOW_READER_BYTES")) },
    // Milliseconds, but for the number of people up to which they are named.
    presence: {
      named: 100,
      linger: of("PARLEY_LINGER_MS"),
      typingLease: 6_000,
      pause: { small: 250, large: 2_000 },
      elsewhere: { sign: 2_000, dead: 6_000, again: 30_000 },
    },
  };
}

/** What a resume may say at once, so that it never cuts the slow reader whom it waits for: they would come back for ever. */
export function resumeBytes(readerBytes: number): number {
  return Math.min(256 * KIB, Math.floor(readerBytes / 4));
}
