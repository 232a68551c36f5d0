import { expect, test } from "bun:test";
import { callers } from "./arrival.ts";

const TRUSTED = ["127.0.0.1", "10.0.0.0/8", "2001:db8:5::/48", "::1"];

/** The address that a request with this header is from, as a server with these proxies sees it. */
function seen(peer: string, forwarded: string | null, trusted = TRUSTED): string {
  const headers: Record<string, string> = forwarded === null ? {} : { "x-forwarded-for": forwarded };
  return callers(trusted, (length) => "r".repeat(length))(new Request("http://x", { headers }), peer).address;
}

test("[RATE6] without trusted proxies nobody is believed about whom they speak for", () => {
  expect(seen("198.51.100.1", "203.0.113.9", [])).toBe("198.51.100.1");
  expect(seen("127.0.0.1", "203.0.113.9", [])).toBe("127.0.0.1");
  expect(seen("198.51.100.1", "203.0.113.9")).toBe("198.51.100.1");
});

test("[RATE6] behind proxies it is the nearest address that is no proxy's, whatever clients put before it", () => {
  expect(seen("127.0.0.1", "203.0.113.9")).toBe("203.0.113.9");
  expect(seen("127.0.0.1", "192.0.2.66, 203.0.113.9")).toBe("203.0.113.9");
  expect(seen("127.0.0.1", "192.0.2.66, 203.0.113.9, 10.1.2.3 ,10.255.0.1")).toBe("203.0.113.9");
  expect(seen("127.0.0.1", "10.1.2.3, 10.1.2.4")).toBe("10.1.2.3");
  expect(seen("11.0.0.1", "203.0.113.9")).toBe("11.0.0.1");
});

test("[RATE6] what is no address is nobody's, and the proxy that said it answers for it", () => {
  for (const nonsense of ["unknown", "_hidden", "203.0.113.9.5", "", " , ", "203.0.113.256", "2001:db8::zz"]) {
    expect(seen("127.0.0.1", nonsense)).toBe("127.0.0.1");
    expect(seen("127.0.0.1", `192.0.2.66, ${nonsense}, 10.0.0.1`)).toBe("10.0.0.1");
  }
  expect(seen("127.0.0.1", null)).toBe("127.0.0.1");
  expect(seen("127.0.0.1", `203.0.113.9, ${"10.0.0.1, ".repeat(5_000)}10.0.0.2`)).toBe("10.0.0.1");
});

test("[RATE6] ports, brackets, and addresses of one kind in words of the other are understood", () => {
  expect(seen("::ffff:127.0.0.1", "203.0.113.9:4711")).toBe("203.0.113.9");
  expect(seen("::1", "[2001:db8::9]:4711")).toBe("2001:db8::9");
  expect(seen("::1", "[2001:db8::9]")).toBe("2001:db8::9");
  expect(seen("::1", "2001:db8::9, 2001:db8:5::77")).toBe("2001:db8::9");
  expect(seen("::1", "::ffff:203.0.113.9")).toBe("203.0.113.9");
});
