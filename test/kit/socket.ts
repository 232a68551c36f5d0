/** A WebSocket of this runtime, which can trust an authority that nobody else knows. */
export function socketTo(url: string, ca?: string, headers: Record<string, string> = {}): WebSocket {
  // The browser's types, which hold here too, know nothing of options.
  const Socket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => WebSocket;
  return new Socket(url, ca === undefined ? { headers } : { headers, tls: { ca } });
}
