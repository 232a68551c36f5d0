import { acknowledged, beginTalk, compare, type Losses, moveIn } from "../kit/crowd.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { FAULTS, type Fault, FaultProxy } from "../kit/proxy.ts";
import { Random } from "../simulation/random.ts";

export interface NetworkPlan {
  seed: number;
  clients: number;
  rooms: number;
  /** How often the weather changes; each time about half of the lines get another fault, the rest are good. */
  changes: number;
  progress?(line: string): void;
}

export interface NetworkReport extends Losses {
  seed: number;
  /** How often each fault befell a line. */
  faults: Record<Fault, number>;
}

const BEAT = 500;

/**
 * Real clients post through a network whose every line is late, stalled, cut, half open or bytewise by turns, as a
 * seed has it; then the weather clears, and what was acknowledged is compared with every replica.
 */
export async function runNetwork(plan: NetworkPlan): Promise<NetworkReport> {
  const folder = temporaryFolder();
  const env = { PARLEY_BEAT_MS: `${BEAT}` };
  const server = new ServerProcess({ port: await freePort(), data: folder.path, env });
  await server.start();
  const proxy = await FaultProxy.before(server.url);
  try {
    const crowd = await moveIn(proxy.url, plan);
    const talk = beginTalk(crowd);
    const faults = await weather(proxy, plan, () => plan.progress?.(`${acknowledged(crowd)} messages acknowledged`));
    await Bun.sleep(1000);
    await talk.end();
    return { ...(await compare(crowd)), seed: plan.seed, faults };
  } finally {
    await proxy.close();
    await server.kill();
    folder.remove();
  }
}

async function weather(proxy: FaultProxy, plan: NetworkPlan, changed: () => void): Promise<Record<Fault, number>> {
  const random = new Random(BigInt(plan.seed));
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
  for (let change = 0; change < plan.changes; change++) {
    for (const line of [...proxy.lines]) {
      const fault = random.chance(0.5) ? random.pick(FAULTS) : null;
      if (fault) counts[fault] += 1;
      line.suffer(fault);
    }
    await Bun.sleep(random.between(100, 700));
    changed();
  }
  for (const line of [...proxy.lines]) line.suffer(null);
  return counts;
}

if (import.meta.main) {
  const [seed, changes] = [Number(process.argv[2] ?? Date.now()), Number(process.argv[3] ?? 300)];
  console.log(`The network's seed is ${seed}; its weather changes ${changes} times.`);
  const report = await runNetwork({ seed, clients: 20, rooms: 4, changes, progress: console.log });
  console.log(JSON.stringify(report));
  process.exitCode = report.lost + report.duplicated + report.misordered + report.unread_drift > 0 ? 1 : 0;
}
