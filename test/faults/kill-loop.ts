import { acknowledged, beginTalk, compare, type Losses, moveIn } from "../kit/crowd.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

export interface KillPlan {
  clients: number;
  rooms: number;
  kills: number;
  /** Milliseconds of load between two kills, at least and at most. */
  between: [number, number];
  /** Said once for each kill. */
  progress?(line: string): void;
}

export interface KillReport extends Losses {
  kills: number;
}

/**
 * Real clients post in rooms of theirs while the server is killed and started again. Afterwards every acknowledged
 * message must be in every member's replica once, in one order, and in the log; and nothing may be there twice.
 */
export async function runKillLoop(plan: KillPlan): Promise<KillReport> {
  const folder = temporaryFolder();
  const server = new ServerProcess({ port: await freePort(), data: folder.path });
  try {
    await server.start();
    const crowd = await moveIn(server.url, plan);
    const talk = beginTalk(crowd);
    for (let kill = 1; kill <= plan.kills; kill++) {
      const [least, most] = plan.between;
      await Bun.sleep(least + Math.random() * (most - least));
      await server.kill();
      await server.start();
      plan.progress?.(`killed ${kill} of ${plan.kills}, ${acknowledged(crowd)} messages acknowledged`);
    }
    await Bun.sleep(plan.between[0]);
    await talk.end();
    return { ...(await compare(crowd)), kills: plan.kills };
  } finally {
    await server.kill();
    folder.remove();
  }
}

if (import.meta.main) {
  const { parseArgs } = await import("node:util");
  const { values } = parseArgs({
    options: {
      clients: { type: "string", default: "50" },
      rooms: { type: "string", default: "5" },
      kills: { type: "string", default: "10" },
    },
  });
  const [clients, rooms, kills] = [values.clients, values.rooms, values.kills].map(Number) as [number, number, number];
  console.log(`${clients} clients post in ${rooms} rooms while the server is killed ${kills} times.`);
  const report = await runKillLoop({ clients, rooms, kills, between: [400, 1200], progress: console.log });
  console.log(JSON.stringify(report));
  const wrong = report.lost + report.duplicated + report.misordered + report.unread_drift;
  process.exitCode = wrong > 0 ? 1 : 0;
}
