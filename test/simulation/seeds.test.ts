import { expect, test } from "bun:test";
import { planOf } from "./plan.ts";
import { play } from "./run.ts";

/** Histories that broke a promise once, and what was wrong then. */
const FOUND: Record<number, string> = {
  3: "a refusal that overtook an earlier one let a later message pass",
  7: "an answer to an earlier try of a message was not taken for one",
  24: "a refusal for good of an earlier try was not taken for one",
  43: "silence was not noticed on a clock that was set back",
  118: "somebody added to a room that they read before was not told of it again",
  119: "marks that a database lost without knowing it were not told again",
  125: "an answer with an older summary undid a newer one",
  146: "a removal that was told late dropped the membership that followed it",
  148: "a log that a busy server could not bring up was not asked for again",
  337: "marks that came late brought back the mark of somebody who had left",
  439: "the echo of what was written just before leaving was not heard",
  527: "two conversations of one maker could not be told apart by their cursors",
  596: "a write had no answer where its line stopped following before the echo left",
  875: "a summary of more than the log turned out to hold was believed",
  876: "a line waited for a message that had been answered on another line",
  2053: "a summary joined a membership with the head at which it had ended",
  2106: "marks and heads of a history that was lost were asked for for ever",
  2291: "a late answer to a leave dropped the membership that followed it",
  2690: "who left between two memberships of one's own was still counted",
  5220: "one's own mark that moved while one resumed was told as it had been before",
  5666: "a doubt about counts that came while catching up was forgotten",
  5911: "a doubt about counts that came while catching up was forgotten",
  5966: "a leave that was answered while the room was asked for dropped the membership that followed it",
  6215: "what one tab was told of another tab's messages was not counted as told",
  6775: "a resume cut the slow reader whom it brought up, again and again",
  7787: "what a second tab took over was kept behind what the first wrote after it",
  8709: "a log whose follow was refused for a while was not followed any more, and nobody noticed",
  8737: "a refusal for good was believed while a later try of the same message was under way",
  9265: "one's own mark that moved while one resumed was told as it had been before",
  10796: "a conversation was dropped though a hole hid that one was added again",
  20738: "what was edited while one was not in a group was shown as it had been before",
};

test("[SIM5] every history that broke something once keeps all promises now", () => {
  for (const [seed, about] of Object.entries(FOUND)) {
    const { wrongs } = play(planOf(BigInt(seed)));
    expect({ seed, about, wrongs }).toEqual({ seed, about, wrongs: [] });
  }
});
