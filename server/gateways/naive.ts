/** Pure: a time as old servers write it: in UTC, without saying so, and with six digits behind the second. */
export function naive(time: number): string {
  return `${new Date(time).toISOString().slice(0, -1)}000`;
}
