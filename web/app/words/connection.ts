import type { Line } from "@parley/client/views";
import { CLOSES } from "@parley/protocol/closes";
import type { Time } from "@parley/protocol/ids";
import { counted, figure, secondsUntil } from "./times.ts";

/** How the line is drawn: solid, solid then dashed, dashed in grey, dashed in warning. */
export type LineStyle = "live" | "behind" | "connecting" | "off";

/** The drawing of the line: solid only for what is certain. */
export function lineStyle(line: Line): LineStyle {
  if (line.is === "live") return "live";
  if (line.is === "catching_up") return "behind";
  return line.is === "connecting" ? "connecting" : "off";
}

/** The few words under one's own name. */
export function lineStatus(line: Line, now: Time): string {
  switch (line.is) {
    case "live":
      return "Live · up to date";
    case "catching_up":
      return `Catching up · ${figure(line.behind)} behind`;
    case "connecting":
      return "Connecting";
    case "waiting":
      return `Offline · retry ${secondsUntil(line.until, now)} s`;
    case "offline":
      return "Offline · no network";
    case "stopped":
      return "Stopped by the server";
    case "signed_out":
      return "Signed out";
  }
}

/** What the line means for somebody who writes; null while it means nothing. */
export interface LineShelf {
  strong: string;
  rest: string;
  /** The one thing that can be done about it. */
  act: "try" | "connect" | "reload" | null;
}

/** The words on the composer's shelf. `waiting` messages of this person wait here. */
export function lineShelf(line: Line, waiting: number, now: Time): LineShelf | null {
  const waits = waiting > 0 ? ` · ${counted(waiting, "message")} ${waiting === 1 ? "waits" : "wait"} here` : "";
  switch (line.is) {
    case "waiting": {
      const seconds = secondsUntil(line.until, now);
      const next = seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting now";
      return { strong: "Offline.", rest: ` ${next}${waits}`, act: "try" };
    }
    case "offline":
      return { strong: "Offline.", rest: ` This device has no network${waits}`, act: "try" };
    case "stopped":
      if (line.code === CLOSES.unsupported_version.code) {
        return { strong: "This page is older than the server.", rest: waits, act: "reload" };
      }
      return { strong: "Stopped.", rest: ` ${line.reason}${waits}`, act: "connect" };
    case "catching_up":
      return { strong: "Catching up", rest: ` · ${figure(line.behind)} behind`, act: null };
    case "connecting":
      return waiting > 0 ? { strong: "Connecting", rest: waits, act: null } : null;
    default:
      return null;
  }
}

/** Which part of a catch-up is done, 0 to 1: `most` is the most that was behind since it began. */
export function caughtUpPart(behind: number, most: number): number {
  return most <= 0 ? 1 : Math.min(1, Math.max(0, (most - behind) / most));
}

/** What stands on the button that does something about the line. */
export const ACT_WORDS = { try: "Try now", connect: "Connect again", reload: "Load it again" } as const;
