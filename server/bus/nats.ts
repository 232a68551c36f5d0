import { connect, type NatsConnection, type NodeConnectionOptions, type Subscription } from "@nats-io/transport-node";
import type { Broker, Heard } from "./broker.ts";

/** How NATS is reached. */
export type NatsAddress = Pick<NodeConnectionOptions, "user" | "pass" | "token" | "tls"> & { servers: string[] };

const PATIENCE = 4_000;
/** Milliseconds between two attempts to reach a server that is gone, and how much of that is by chance. */
const PAUSE = 250;
const JITTER = 250;

/** Pure: the servers of an address, and what proves who asks. */
export function natsAddress(url: string): NatsAddress {
  const [, scheme, proof, list = ""] = /^(nats|tls):\/\/(?:([^@/]*)@)?(.*)$/.exec(url) ?? [];
  const [user = "", pass] = (proof ?? "").split(":").map(decodeURIComponent);
  return {
    servers: list.split(","),
    ...(scheme === "tls" && { tls: {} }),
    ...(pass !== undefined && { user, pass }),
    ...(pass === undefined && user && { token: user }),
  };
}

/** NATS as the doorbell. Its client goes on by itself when a server of the list comes back. */
export function natsBroker(address: NatsAddress, heard: Heard): Broker {
  const channels = new Map<string, { stands: () => void; subscription?: Subscription }>();
  let connection: NatsConnection | null = null;
  let closed = false;
  const listen = (to: NatsConnection, channel: string) => {
    const asked = channels.get(channel);
    if (!asked) return;
    const callback = (error: Error | null, message: { subject: string; string(): string }) => {
      if (!error) heard(message.subject, message.string());
    };
    asked.subscription = to.subscribe(channel, { callback });
    // Resolves also where the line was lost meanwhile, once it is back.
    to.flush().then(asked.stands, () => {});
  };
  const opening = open(address).then(async (opened) => {
    if (closed) {
      await opened.close();
      return;
    }
    connection = opened;
    for (const channel of channels.keys()) listen(opened, channel);
  });
  opening.catch(() => {});
  return {
    publish(channel, text) {
      if (!connection || connection.isClosed()) return;
      connection.publish(channel, text);
    },
    listen(channel, stands) {
      channels.set(channel, { stands });
      if (connection && !connection.isClosed()) listen(connection, channel);
    },
    leave(channel) {
      channels.get(channel)?.subscription?.unsubscribe();
      channels.delete(channel);
    },
    async ready() {
      if (!connection) throw new Error("The line to NATS is down.");
      await connection.flush();
    },
    async close() {
      closed = true;
      await connection?.close();
    },
  };
}

function open(address: NatsAddress): Promise<NatsConnection> {
  return connect({
    ...address,
    name: "parley",
    noEcho: true,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: PAUSE,
    reconnectJitter: JITTER,
    timeout: PATIENCE,
  });
}
