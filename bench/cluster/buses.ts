import { natsAddress, natsBroker } from "../../server/bus/nats.ts";
import { redisAddress, redisBroker } from "../../server/bus/redis.ts";
import { remoteBus } from "../../server/bus/remote.ts";
import type { Bus, Note } from "../../server/core/ports.ts";
import { OwnBroker } from "../../test/kit/brokers.ts";
import type { Bench, Found, Row } from "../scenario.ts";
import { cpuOf } from "./cpu.ts";

const CONVERSATION = 7;
/** Doorbells that may be on their way. */
const AHEAD = 1_000;
const SUBSCRIBED_MS = 300;

/** What it costs to ring a doorbell with one small entry on one node, and to hear it on another, over each broker. */
export async function buses(bench: Bench): Promise<Found> {
  const rows: Row[] = [];
  for (const is of ["redis", "nats"] as const) {
    const broker = await OwnBroker[is]();
    try {
      const address = `${is}://127.0.0.1:${broker.port}`;
      const pair = [busAt(is, address), busAt(is, address)] as const;
      for (const bus of pair) await ready(bus);
      rows.push(...(await rung(bench, is, pair, broker.pid)));
      for (const bus of pair) await bus.close();
    } finally {
      await broker.remove();
    }
  }
  return { rows, ratios: {} };
}

function busAt(is: "redis" | "nats", address: string): Bus {
  return remoteBus("bench", (heard) =>
    is === "redis" ? redisBroker(redisAddress(address), heard) : natsBroker(natsAddress(address), heard),
  );
}

async function ready(bus: Bus): Promise<void> {
  const isReady = () =>
    bus.ready().then(
      () => true,
      () => false,
    );
  while (!(await isReady())) await Bun.sleep(20);
}

async function rung(bench: Bench, is: string, [one, other]: readonly [Bus, Bus], broker: number): Promise<Row[]> {
  let heard = 0;
  other.subscribe(CONVERSATION, () => {
    heard += 1;
  });
  await Bun.sleep(SUBSCRIBED_MS);
  const [began, node, part] = [performance.now(), cpuOf(process.pid), cpuOf(broker)];
  let said = 0;
  while (performance.now() - began < (bench.quick ? 300 : 3_000)) {
    for (let at = 0; at < 100; at++, said++) one.publish(CONVERSATION, NOTE);
    do await Bun.sleep(0);
    while (heard < said - AHEAD);
  }
  while (heard < said) await Bun.sleep(1);
  const seconds = (performance.now() - began) / 1000;
  const each = (from: number, pid: number) => ((cpuOf(pid) - from) * 1e6) / said;
  const row = { scenario: "doorbells", subject: is };
  bench.say(`cluster: ${is}: ${(said / seconds).toFixed(0)} doorbells a second`);
  return [
    { ...row, figure: "doorbells per second, one node to another", value: said / seconds, unit: "1/s" },
    { ...row, figure: "CPU of the nodes to ring and to hear one", value: each(node, process.pid), unit: "µs" },
    { ...row, figure: "CPU of the broker for each", value: each(part, broker), unit: "µs" },
  ];
}

const NOTE: Note = {
  is: "entries",
  entries: [
    {
      id: 1,
      seq: 1,
      author: 1_000_000,
      key: "mubbuitryy-rOOY1Dt2mV",
      time: 1_800_000_000_000,
      kind: "message",
      body: { text: "A message of the usual length, which is about eighty characters or a few more." },
    },
  ],
};
