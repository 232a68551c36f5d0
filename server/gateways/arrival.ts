import { BlockList, isIP } from "node:net";
import { networkOf } from "./rates.ts";
import type { BunSocket } from "./socket.ts";

/** Who asks, as far as the network tells. */
export interface Caller {
  /** Stands in every line about this request, and in its answer. */
  id: string;
  /** Of the client itself, also behind proxies that are trusted; empty where nobody knows. */
  address: string;
  /** What the client calls this server, with the port where it is not the usual one. */
  host: string;
  /** Did the client come by TLS? Only a trusted proxy can say so. */
  secure: boolean;
  /** What counts as one address to limits. */
  network: string;
}

/** A request that came in. */
export interface Arrival {
  request: Request;
  /** Of the address that was asked for. */
  path: string;
  server: Bun.Server<BunSocket>;
  caller: Caller;
}

const ID_LENGTH = 16;
const FOREIGN_ID = /^[\w.:-]{1,64}$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Proxies behind proxies that are looked at: a longer list is nobody's. */
const MOST_HOPS = 32;

/**
 * Tells who asks. Only proxies of these addresses and networks are believed: their X-Request-Id is taken over, their
 * X-Forwarded-For is read from the right, up to the first address that is no proxy's, and their X-Forwarded-Host and
 * X-Forwarded-Proto say what the client asked for.
 */
export function callers(
  trusted: readonly string[],
  random: (length: number) => string,
): (request: Request, peer: string) => Caller {
  const isTrusted = among(trusted);
  return (request, peer) => {
    const near = plain(peer);
    const said = (name: string) => request.headers.get(name) ?? "";
    const host = said("host").toLowerCase();
    if (!isTrusted(near))
      return { id: random(ID_LENGTH), address: near, network: networkOf(near), host, secure: false };
    const id = said("x-request-id");
    const address = beyond(near, said("x-forwarded-for"), isTrusted);
    return {
      id: FOREIGN_ID.test(id) ? id : random(ID_LENGTH),
      address,
      network: networkOf(address),
      host: said("x-forwarded-host").toLowerCase() || host,
      secure: said("x-forwarded-proto").toLowerCase() === "https",
    };
  };
}

/** Pure: the nearest address that is no proxy's, or the farthest proxy where all are, or what it says is no address. */
function beyond(near: string, forwarded: string, isTrusted: (address: string) => boolean): string {
  const hops = forwarded.split(",").slice(-MOST_HOPS).reverse();
  let farthest = near;
  for (const hop of hops) {
    const address = withoutPort(hop.trim());
    if (isIP(address) === 0) return farthest;
    farthest = plain(address);
    if (!isTrusted(farthest)) return farthest;
  }
  return farthest;
}

function among(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/** Some proxies tell the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(hop);
  if (bracketed) return bracketed[1] as string;
  return /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
}

/** A socket of both kinds tells addresses of the old kind in the new kind's words. */
function plain(address: string): string {
  return MAPPED.exec(address)?.[1] ?? address;
}
