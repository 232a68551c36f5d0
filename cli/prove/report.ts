import type { Step } from "../progress.ts";
import type { Options } from "./options.ts";
import type { Progress, Proof } from "./proof.ts";
import type { Target } from "./target.ts";

/** Did every promise hold? */
export function holds({ verdict, unanswered }: Proof): boolean {
  return verdict.lost + verdict.duplicated + verdict.misordered + verdict.unread_drift + unanswered === 0;
}

/** The figures for machines, in one line. */
export function jsonLine({ verdict, acked, reconnects, p50, p99 }: Proof, seed: number): string {
  const { delivered, lost, duplicated, misordered, unread_drift } = verdict;
  const latency = { p50_ms: rounded(p50), p99_ms: rounded(p99) };
  return JSON.stringify({
    acked,
    delivered,
    lost,
    duplicated,
    misordered,
    unread_drift,
    reconnects,
    ...latency,
    seed,
  });
}

/** What was done, what was checked and what came of it, for people. */
export function reportOf(proof: Proof, { plan }: Options, target: Target): string {
  const { verdict, behind } = proof;
  const n = (value: number) => value.toLocaleString("en");
  const row = (name: string, value: number, about: string) => `  ${name.padEnd(13)}${n(value).padStart(6)}   ${about}`;
  const left = behind.rooms + behind.guests;
  const lines = [
    `Proven: ${target.about}. Seed ${plan.seed}.`,
    "",
    `  ${n(plan.clients)} clients in ${n(plan.rooms)} rooms for ${n(plan.seconds)} s` +
      `: ${n(proof.posts)} posts, ${n(proof.edits)} edits, ${n(proof.deletions)} deletions acknowledged`,
    `  ${n(proof.kills)} kills of the server, ${n(proof.faults)} bad lines (${plan.faults.join(", ") || "none"}), ` +
      `${n(proof.reconnects)} reconnects`,
    `  post to echo: p50 ${rounded(proof.p50)} ms, p99 ${rounded(proof.p99)} ms`,
    `  compared: ${n(proof.acked)} acknowledged changes with ${n(plan.rooms)} logs, ` +
      `${n(verdict.delivered)} deliveries in ${n(proof.copies)} copies with the logs`,
    "",
    row("lost", verdict.lost, "acknowledged and not there, or missing in a copy"),
    row("duplicated", verdict.duplicated, "there twice, or never written by anybody"),
    row("misordered", verdict.misordered, "before something that was written earlier"),
    row("unread drift", verdict.unread_drift, "counts that a recount does not confirm"),
    ...Object.entries(proof.refusals).map(([name, count]) => row("refused", count, name)),
    ...(proof.unanswered > 0 ? [row("unanswered", proof.unanswered, "the server never said yes or no")] : []),
    "",
    holds(proof) ? "Nothing was lost, doubled, misordered or miscounted." : "A promise was broken: see above.",
    ...(left > 0 ? [`${n(behind.rooms)} rooms and ${n(behind.guests)} guests could not be removed.`] : []),
  ];
  return lines.join("\n");
}

/** What to show of a run under way. */
export function stepOf({ phase, done, acked, reconnects, kills }: Progress): Step {
  const about = `${acked.toLocaleString("en")} acknowledged, ${reconnects} reconnects, ${kills} kills`;
  return { phase, done, about };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
