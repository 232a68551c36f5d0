/** Pure: a time as old servers write it: in UTC, without saying so, and with six digits behind the second. */
export function naive(time: number): string {
  if (time !== last.time) last = { time, text: `${new Date(time).toISOString().slice(0, -1)}000` };
  return last.text;
}

/** What was said in one turn was mostly said at one time. */
let last = { time: Number.NaN, text: "" };
