import { afterAll, beforeAll, expect, test } from "bun:test";
import { Cluster } from "../kit/cluster.ts";
import { roomBy } from "../kit/heard.ts";
import { Line } from "../kit/node.ts";

const NODES = 3;
const [PER_SECOND, BURST] = [10, 20];

let cluster: Cluster;
beforeAll(async () => {
  const person = { PARLEY_PERSON_RATE: `${PER_SECOND}`, PARLEY_BURST: `${BURST}` };
  const others = { PARLEY_CONNECTION_RATE: "100000", PARLEY_ADDRESS_RATE: "100000" };
  const env = { PARLEY_RATE_LIMITS: "on", PARLEY_BEAT_MS: "60000", ...person, ...others };
  cluster = await Cluster.start({ nodes: NODES, doorbell: null, env });
});
afterAll(() => cluster?.remove());

/** One person with a socket on each of these nodes. */
function enter(name: string, nodes: readonly number[]): Promise<Line[]> {
  return Promise.all(nodes.map((at) => Line.enter(`${cluster.nodes[at]?.url.replace("http", "ws")}/socket`, name)));
}

/** How many commands of one socket are taken within this time, one asked after the other. */
async function askFor(line: Line, conversation: number, ms: number): Promise<number> {
  let taken = 0;
  for (const over = performance.now() + ms; performance.now() < over; await Bun.sleep(2)) {
    const answer = await line.ask({ t: "mark", conversation });
    if (answer.t === "ok") taken += 1;
    else expect(answer.code).toBe("too_fast");
  }
  return taken;
}

/** How many commands of one person are taken over all their sockets together, as a multiple of what the limit allows. */
async function share(lines: readonly Line[]): Promise<number> {
  const id = await roomBy(lines[0] as Line);
  const began = performance.now();
  const taken = await Promise.all(lines.map((line) => askFor(line, id, 2_000)));
  const seconds = (performance.now() - began) / 1_000;
  for (const line of lines) line.close();
  return taken.reduce((sum, one) => sum + one) / (BURST + PER_SECOND * seconds);
}

test("[CLU15] whoever spreads over all nodes is as fast as the limit times their number at most, and no faster than the limit on one node", async () => {
  const [ann, bob] = await Promise.all([enter("Ann", [0, 0, 0]), enter("Bob", [0, 1, 2])]);
  const [onOne, onAll] = await Promise.all([share(ann), share(bob)]);
  // Opening the room cost one, too.
  expect(onOne).toBeWithin(0.8, 1.001);
  expect(onAll).toBeWithin(NODES * 0.8, NODES * 1.001);
});
