import { buses } from "../cluster/buses.ts";
import { nodes } from "../cluster/nodes.ts";
import { stores } from "../cluster/stores.ts";
import type { Found, Scenario } from "../scenario.ts";

/** What the parts of a cluster cost: the database, the doorbell, and each further node. */
export const cluster: Scenario = {
  name: "cluster",
  about: "Postgres beside SQLite, doorbells over Redis and NATS, and a message by the number of nodes",
  async run(bench): Promise<Found> {
    const found: Found[] = [];
    for (const [name, part] of Object.entries({ stores, buses, nodes })) {
      const one = await bench.attempt(`cluster: ${name}`, () => part(bench));
      if (one) found.push(one);
    }
    return {
      rows: found.flatMap(({ rows }) => rows),
      ratios: Object.assign({}, ...found.map(({ ratios }) => ratios)),
    };
  },
};
