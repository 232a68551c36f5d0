/** What carries texts between nodes: publish and subscribe, and no more. All of it may be lost. */
export interface Broker {
  /** Never throws; what cannot be sent now is lost. */
  publish(channel: string, text: string): void;
  /**
   * Asks for what is published there, by whomever; and again whenever the line comes back. `stands` is called once, as
   * soon as it is heard.
   */
  listen(channel: string, stands: () => void): void;
  leave(channel: string): void;
  /** Rejects where the line is known to be down; where it is silently dead, it may wait for ever. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Takes what was published on a channel. */
export type Heard = (channel: string, text: string) => void;
