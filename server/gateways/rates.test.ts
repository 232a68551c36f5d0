import { expect, test } from "bun:test";
import { FULL, type RateLimits } from "../core/bucket.ts";
import type { Clock } from "../core/ports.ts";
import { type Limited, limited, networkOf } from "./rates.ts";

const ONE = { perSecond: 1, burst: 1 };
const MANY = { perSecond: 1_000, burst: 1_000 };

function world(limits: Partial<RateLimits>) {
  let now = Date.UTC(2030, 0, 2);
  const clock = { now: () => now } as Clock;
  const all = { connection: MANY, person: MANY, address: MANY, signIns: MANY, remembered: 100 };
  const pass = (ms: number) => {
    now += ms;
  };
  return { rates: limited({ ...all, ...limits }, clock), pass };
}

const line = (network = "192.0.2.1"): Limited => ({ network, commands: FULL });

test("[RATE1] connections have a limit each, and a person one over all of theirs, HTTP too", () => {
  const { rates } = world({ connection: { perSecond: 1, burst: 2 }, person: { perSecond: 1, burst: 5 } });
  const [phone, laptop, third] = [line("192.0.2.1"), line("192.0.2.2"), line("192.0.2.3")];
  expect([1, 2, 3].map(() => rates.command(phone, 7))).toEqual([0, 0, 1_000]);
  expect([1, 2, 3].map(() => rates.command(laptop, 7))).toEqual([0, 0, 1_000]);
  expect([rates.deed(7), rates.deed(7), rates.command(third, 7)]).toEqual([0, 1_000, 1_000]);
  expect([rates.command(third, 8), rates.deed(9)]).toEqual([0, 0]);
});

test("[RATE1] what is refused by one limit costs nothing of the others", () => {
  const { rates, pass } = world({ person: { perSecond: 1, burst: 1 }, connection: { perSecond: 0.001, burst: 2 } });
  const one = line();
  expect(rates.command(one, 7)).toBe(0);
  for (let n = 0; n < 10; n++) expect(rates.command(one, 7)).toBe(1_000);
  pass(1_000);
  expect(rates.command(one, 7)).toBe(0);
});

test("[RATE4] an address has one limit for requests and commands of all its people; IPv6 counts by /64", () => {
  const { rates } = world({ address: { perSecond: 1, burst: 3 } });
  const [home, neighbour] = [networkOf("2001:db8:0:7::1"), networkOf("2001:db8:0:8::1")];
  expect([rates.request(home), rates.command(line(home), 1), rates.command(line(home), 2)]).toEqual([0, 0, 0]);
  expect([rates.request(networkOf("2001:db8:0:7:ffff::2")), rates.command(line(home), 3)]).toEqual([1_000, 1_000]);
  expect(rates.request(neighbour)).toBe(0);
});

test("[RATE4] the network of an address is its first 64 bits, in whatever way it is written", () => {
  const same = ["2001:db8::1", "2001:0db8:0:0:1:2:3:4", "2001:DB8::", "2001:db8:0:0::5", "2001:db8::192.0.2.1"];
  expect(new Set(same.map(networkOf))).toEqual(new Set(["2001:db8:0:0::/64"]));
  expect(networkOf("::1")).toBe("0:0:0:0::/64");
  expect(networkOf("1::")).toBe("1:0:0:0::/64");
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  expect([networkOf("192.0.2.1"), networkOf("192.0.2.2"), networkOf("")]).toEqual(["192.0.2.1", "192.0.2.2", ""]);
});

test("[RATE8] whoever spent everything is remembered until their bucket is full again, however many others come", () => {
  const { rates, pass } = world({ person: { perSecond: 1, burst: 10 }, remembered: 50 });
  const spend = (person: number) => {
    for (let n = 0; n < 10; n++) rates.deed(person);
  };
  spend(7);
  for (let other = 100; other < 149; other++) rates.deed(other);
  expect(rates.deed(7)).toBe(1_000);
  // For ten seconds it takes seconds; forgetting it would give ten at once.
  for (let second = 1; second <= 10; second++) {
    pass(1_000);
    expect([rates.deed(7), rates.deed(7)]).toEqual([0, 1_000]);
    for (let other = 0; other < 4; other++) rates.deed(1_000 * second + other);
  }
});

test("[RATE8] no more are remembered than twice as many as must be", () => {
  const { rates } = world({ person: ONE, remembered: 50 });
  expect([rates.deed(7), rates.deed(7)]).toEqual([0, 1_000]);
  for (let other = 100; other < 200; other++) rates.deed(other);
  expect(rates.deed(7)).toBe(0);
});
