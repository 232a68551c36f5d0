/** Of what differs each time that the story is told: what the documents show in its place. */
const SHOWN: Readonly<Record<string, unknown>> = {
  check: 4_207_134_231,
  epoch: "0k3mfx6tq2ds9",
  version: "0.1.0",
  server: "parley 0.1.0",
  timestamp: 1_795_221_595.35,
  uptime_s: 86_400,
  retry_after: 800,
  requests: 5120,
  commits: 870,
  entries: 1234,
  rss_bytes: 98_304_000,
  heap_bytes: 31_457_280,
};
const TIME = 1_795_221_595_350;
/** Whatever is larger is a time, in milliseconds. */
const TIMES = 1_500_000_000_000;
/** Keys of the server's own making. */
const MADE = /^[\w-]{22}$/;
const KEY = "mhd2k9c0x7f4q1z8w5v3b6";

/** The same value, but for times, figures and what the server drew. */
export function masked(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => masked(one));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, masked(inner, field)]));
  }
  if (name === "version" && value === 1) return value;
  if (Object.hasOwn(SHOWN, name)) return SHOWN[name];
  if (typeof value === "number" && value > TIMES) return TIME;
  return name === "key" && typeof value === "string" && MADE.test(value) ? KEY : value;
}
