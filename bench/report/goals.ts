/** What a ratio is to be. */
export interface Goal {
  readonly ratio: string;
  /** What is divided by what, for the reader of a table. */
  readonly about: string;
  readonly least?: number;
  readonly most?: number;
}

const DELIVERIES = "deliveries per second of server CPU";
const P99 = "p99 at 30 % of what ws carries ÷ that of the C floor";

export const GOALS: readonly Goal[] = [
  { ratio: "room1000_vs_floor", about: `1 × 1000: ${DELIVERIES} ÷ the coalesced C floor`, least: 0.8 },
  { ratio: "rooms10x100_vs_floor", about: "10 × 100: the same", least: 0.65 },
  { ratio: "pairs500_vs_floor", about: "500 × 2: the same", least: 0.45 },
  { ratio: "room1000_vs_socketio", about: "1 × 1000 ÷ Socket.IO, which keeps nothing", least: 80 },
  { ratio: "rooms10x100_vs_socketio", about: "10 × 100: the same", least: 30 },
  { ratio: "pairs500_vs_socketio", about: "500 × 2: the same", least: 2 },
  { ratio: "room1000_vs_fastapi", about: "1 × 1000 ÷ the FastAPI broadcaster, which keeps nothing", least: 200 },
  { ratio: "rooms10x100_vs_fastapi", about: "10 × 100: the same", least: 100 },
  { ratio: "pairs500_vs_fastapi", about: "500 × 2: the same", least: 10 },
  { ratio: "room1000_p99_vs_floor", about: `1 × 1000: ${P99}`, most: 1.5 },
  { ratio: "rooms10x100_p99_vs_floor", about: "10 × 100: the same", most: 1.5 },
  {
    ratio: "pairs500_p99_vs_floor_and_syncs",
    about: "500 × 2 at 2,000 messages/s: p99 ÷ (that of the floor + 2 × p99 of a bare fdatasync)",
    most: 1,
  },
  { ratio: "idle_kb_per_socket", about: "KB for an idle authenticated socket in 5 rooms", most: 4 },
  { ratio: "resumes_vs_handshakes", about: "10,000 resumes at once ÷ 10,000 bare handshakes of Bun", most: 3 },
  { ratio: "history_1e7_vs_1e4", about: "a page of history at 10⁷ messages ÷ at 10⁴", most: 1.5 },
  { ratio: "dialects_vs_native_min", about: "the slowest dialect ÷ the native protocol", least: 0.7 },
];

/** Whether it is met; null where it was not measured. */
export function isMet({ ratio, least = 0, most = Number.POSITIVE_INFINITY }: Goal, ratios: Ratios): boolean | null {
  const value = ratios[ratio];
  return value === undefined ? null : value >= least && value <= most;
}

export type Ratios = Readonly<Record<string, number>>;
