/**
 * Why the server closes a socket. The range is the verdict: 4000 to 4499 mean reconnect and resume,
 * 4500 to 4999 mean stop. A close without a code, and every code that is not listed, means reconnect.
 */
export const CLOSES = {
  shutdown: { code: 4000, reason: "The server is restarting." },
  slow_reader: { code: 4001, reason: "Too much was waiting for this reader." },
  no_beat: { code: 4002, reason: "Nothing was heard for two beats." },
  too_busy: { code: 4003, reason: "Too many connections from this address." },
  hello_late: { code: 4004, reason: "No hello came in time." },
  internal: { code: 4005, reason: "Something went wrong on the server." },
  protocol_broken: { code: 4500, reason: "This is not the protocol." },
  signed_out: { code: 4501, reason: "This token is not valid." },
  unsupported_version: { code: 4502, reason: "This version of the protocol is not spoken here." },
} as const;

export type CloseName = keyof typeof CLOSES;

/** The verdict of a close code: may the client come back? */
export function mayReconnect(code: number): boolean {
  return !((code >= 3500 && code <= 3999) || (code >= 4500 && code <= 4999));
}
