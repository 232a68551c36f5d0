import type { Broker, Heard } from "./broker.ts";

/** Milliseconds between two proofs of a line, and after which one without an answer is dead: sooner than a driver says so. */
const EVERY = 2_000;
const PATIENCE = 3_000;

/** No answer came in time: the line may be cut where nobody says so. */
class Silent extends Error {}

/**
 * A broker whose line must prove again and again that it carries. One that falls silent is given up for a new one: the
 * system would take minutes to notice, or hours where nothing is said on it.
 */
export function watched(connect: (heard: Heard) => Broker, heard: Heard): Broker {
  const channels = new Map<string, () => void>();
  let line = connect(heard);
  let closed = false;
  const listen = (channel: string) => {
    line.listen(channel, () => {
      const stands = channels.get(channel);
      if (stands) channels.set(channel, nothing);
      stands?.();
    });
  };
  const renew = () => {
    const dead = line;
    line = connect(heard);
    for (const channel of channels.keys()) listen(channel);
    dead.close().catch(nothing);
  };
  const watch = async () => {
    const watching = line;
    const error = await within(PATIENCE, watching.ready()).catch((error: unknown) => error);
    if (closed) return;
    if (error instanceof Silent) renew();
    timer = setTimeout(watch, EVERY).unref();
  };
  let timer = setTimeout(watch, EVERY).unref();
  return {
    publish: (channel, text) => line.publish(channel, text),
    listen(channel, stands) {
      channels.set(channel, stands);
      listen(channel);
    },
    leave(channel) {
      channels.delete(channel);
      line.leave(channel);
    },
    ready: () => within(PATIENCE, line.ready()),
    async close() {
      closed = true;
      clearTimeout(timer);
      await line.close();
    },
  };
}

function nothing(): void {}

async function within(ms: number, answer: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Silent("The broker does not answer.")), ms);
  try {
    await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
